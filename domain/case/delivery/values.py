"""Value objects of the delivery track."""

from domain.values.labels import Labelled


class DeliveryManner(Labelled):
    """How a decision is delivered (民事诉讼法 88, 89, 90, 91).

    A public notice (公告) is none of them: it is no way to deliver a licence.
    """

    AT_COUNTER = "at_counter", "直接送达"
    BY_POST = "by_post", "邮寄送达"
    ELECTRONIC = "electronic", "电子送达"
    LEFT = "left", "留置送达"
