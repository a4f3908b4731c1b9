"""Use cases of entered articles: enter one, approve or return it, show it."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from application.access.permissions import permit_role
from application.execution.context import CommandContext
from application.execution.execute import Executed, act, execute
from application.execution.ports import Repository, UnitOfWork
from application.law.commands import EnterArticle, EntryCommand
from domain.values.parties import Actor
from domain.wording.entry import ArticleEntry

READING = (f"{ArticleEntry.TOPIC}/enter", f"{ArticleEntry.TOPIC}/approve")
"""Whoever may enter or approve an article may read what was entered."""


@dataclass(frozen=True)
class Articles:
    repository: Repository

    def enter(self, context: CommandContext, command: EnterArticle) -> Executed[ArticleEntry]:
        def decide(_: UnitOfWork) -> ArticleEntry:
            return ArticleEntry.enter(id=uuid4(), by=context.by, at=context.at, **dict(command))

        return execute(self.repository, ArticleEntry, context, "articles", command, decide)

    def act(
        self, context: CommandContext, entry_id: UUID, command: EntryCommand
    ) -> Executed[ArticleEntry]:
        def decide(_: UnitOfWork, entry: ArticleEntry) -> None:
            command.apply_to(entry, context.by, context.at)

        return act(self.repository, ArticleEntry, context, entry_id, command, decide)

    def show(self, by: Actor, entry_id: UUID) -> ArticleEntry:
        """Returns the entry.  Raises NotFound or NotPermitted."""
        permit_role(by, *READING)
        return self.repository.get(ArticleEntry, entry_id)
