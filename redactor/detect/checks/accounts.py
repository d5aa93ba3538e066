"""What can name an account, an address or a login, and what code and file names look like."""

from __future__ import annotations

import re

from redactor.detect.checks.words import (
    CODE_WORDS,
    FILE_SUFFIXES,
    NOT_NAMED,
    PLAIN_WORDS,
    SERVICES,
    SITE_PAGES,
    SYSTEM_ACCOUNTS,
    TAGS,
    is_common,
)

# Suffixes of the first step of a URL's path that make it a page or a picture, and no account.
_NO_ACCOUNTS = tuple(".html .php .js .css .aspx .jpg .jpeg .png .gif .webp .mp4".split())
# Words before "(at)" that make a sentence and no address.
_NO_LOCAL_PARTS = frozenset("at is look looking looked files end".split())


def plain_service(text: str) -> bool:
    """Tell whether a text is the name of a service, as it precedes an account: "Skype"."""
    return text.casefold() in SERVICES


def not_file_name(text: str) -> bool:
    """Tell whether what looks like an address is *not* a file such as `logo@2x.png`."""
    host = text.rpartition("@")[2].casefold()
    labels = host.split(".")
    if re.fullmatch(r"\d+(?:\.\d+)?x\.\w+", host):
        return False
    return len(labels) != 2 or labels[1] not in FILE_SUFFIXES


def spelled_address(text: str) -> bool:
    """Tell whether a spelled address begins with a name and not with a word of prose or a path."""
    return re.split(r"[\W_]", text, maxsplit=1)[0].casefold() not in _NO_LOCAL_PARTS


def not_code_word(text: str) -> bool:
    """Tell whether an `@word` is *not* a decorator, at-rule, tag, annotation, or "at" a place."""
    word = text.lstrip("@").casefold()
    if word in NOT_NAMED:
        return False
    return word not in CODE_WORDS and word.split(".")[0].split("-")[0] not in CODE_WORDS


def handle_shape(text: str) -> bool:
    """Tell whether a text can only be an account name: no dictionary word looks like it."""
    name = text.removeprefix("@").removeprefix("live:")
    if len(name) < 3 or not any(map(str.isalpha, name)):
        return False
    inside = name[1:-1]
    return (
        text.startswith(("@", "live:"))
        or any(sign in inside for sign in "_.#")
        or "_" in name
        or any(map(str.isdigit, name[1:]))
    )


def account_name(text: str) -> bool:
    """Tell whether a text can name an account: not a page every site has, nor a plain word."""
    name = text.strip("@").casefold()
    return name not in SITE_PAGES and name not in PLAIN_WORDS and any(map(str.isalnum, name))


def uncommon_account(text: str) -> bool:
    """Tell whether a text can name an account and none of its words is an ordinary one."""
    words = [word for word in re.split(r"[\W\d_]+", text.casefold()) if len(word) > 2]
    return account_name(text) and bool(words) and not any(map(is_common, words))


def chat_nick(text: str) -> bool:
    """Tell whether a text in angle brackets can be a nick: no tag of a page, no plain word."""
    return uncommon_account(text) and login_name(text) and text.casefold() not in TAGS


def uncommon_mailbox(text: str) -> bool:
    """Tell whether the local part of an address is a name, and no ordinary word."""
    name = text.partition("@")[0].strip()
    return uncommon_account(name) and name.casefold() not in SITE_PAGES


def site_account(text: str) -> bool:
    """Tell whether the first part of a path is an account and not a page of the site."""
    name = text.strip("@~").casefold()
    return name not in SITE_PAGES and not name.endswith(_NO_ACCOUNTS)


def login_name(text: str) -> bool:
    """Tell whether a text can be a person's login: not `root`, `Public` or a placeholder."""
    name = text.casefold()
    return name not in SYSTEM_ACCOUNTS and name not in PLAIN_WORDS and any(map(str.isalnum, name))


def login_userinfo(text: str) -> bool:
    """Tell whether the user information of a URL is a person's, or has a password."""
    user, _, password = text.partition(":")
    return bool(password) or user.casefold() not in {"git", "hg", "svn", "anonymous", "ftp"}
