"""All events of an entered article.  Topics are storage format: never edit one."""

from domain.kernel.aggregate import Created, Event
from domain.values.texts import LongText, ShortText
from domain.values.workdays import Day
from domain.wording.values import ArticleNumber, Revised


class ArticleEntered(
    Created,
    topic="article/article-entered",
    words={
        "cites": "依据的内容",
        "article": "条号",
        "provision": "条文原文",
        "in_force_from": "施行日期",
        "found_in": "出处",
    },
):
    """Somebody read the article of a revised act in the named source."""

    cites: Revised
    article: ArticleNumber
    provision: LongText
    in_force_from: Day
    found_in: ShortText


class ArticleApproved(Event, topic="article/article-approved"):
    """Another person compared the entry with the source; texts cite the article from now on."""


class ArticleReturned(Event, topic="article/article-returned"):
    """Another person found that the entry does not agree with the source."""

    reason: LongText
