"""The secret keys of the installation: private files, each of them known to the database."""
