"""The pages of one stream: its story, an event, two moments compared, a bundle opened."""
