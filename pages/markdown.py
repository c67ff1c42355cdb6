"""Words of users and of addresses where Streamlit reads Markdown: written as they are."""

import re

_MARKS = re.compile(r"[\\`*_\[\]<>#~$&]|:(?=\w)")


def as_it_is(text: str) -> str:
    r"""Return a text whose marks Markdown writes instead of reading them.

    >>> as_it_is("*a* :red[b]")
    '\\*a\\* \\:red\\[b\\]'
    """
    return _MARKS.sub(r"\\\g<0>", text)
