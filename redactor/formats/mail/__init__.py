"""Mail: messages, mailboxes, and the headers of messages."""

from __future__ import annotations

from redactor.formats.mail.header import MailHeader
from redactor.formats.mail.mailbox import Mailbox
from redactor.formats.mail.message import Message

__all__ = ["MailHeader", "Mailbox", "Message"]
