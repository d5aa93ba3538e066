"""`python -m redactor`.

Python puts the current folder first on the path then, so that a file of anybody's in it would be
imported for a library of that name. The installed command does not; neither does this.
"""

import os
import sys

if not sys.flags.safe_path and sys.path[:1] in ([""], [os.getcwd()]):  # noqa: PTH109  # no import
    del sys.path[0]
    home = __file__.rpartition("/")[0].rpartition("/")[0]
    if home not in sys.path:  # a checkout that is not installed: last, so that it hides nothing
        sys.path.append(home)

from redactor.cli import main  # only now

main()
