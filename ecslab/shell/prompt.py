"""The learner's bash: a short prompt, a history of its own, commands that are numbered and marked.

A terminal learns from OSC 133 where prompts and output begin and how each command ended; the
sandbox learns from `AWS_SDK_UA_APP_ID` (botocore puts it into the User-Agent) which calls belong to
one command, so that undo takes back a whole command. The learner's own start-up files are not read:
what a lab's text shows is what its shell does.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from ecslab.shell import shims
from ecslab.shell.problems import ShellProblem

_RC = r"""# Written by ecslab at every start of this shell.
unset BASH_ENV ENV PROMPT_DIRTRIM
HISTFILE=@HISTORY@
HISTSIZE=10000
HISTFILESIZE=10000
HISTCONTROL=ignoreboth
shopt -s histappend checkwinsize

_ecslab_command=0
_ecslab_ran=
# bash before 4.4 has no PS0 to say that a command ran: there every prompt but the first ends one.
_ecslab_always=
[ "$((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1]))" -lt 404 ] && _ecslab_always=1
_ecslab_before_prompt() {
    local status=$?
    [ -n "$_ecslab_ran" ] && printf '\e]133;D;%s\a' "$status"
    _ecslab_ran=$_ecslab_always
    history -a
    _ecslab_command=$((_ecslab_command + 1))
    export AWS_SDK_UA_APP_ID="cmd-$$-$_ecslab_command"
}
PROMPT_COMMAND=_ecslab_before_prompt
PS0='\e]133;C\a${PS1:$((_ecslab_ran=1)):0}'
PS1='\[\e]133;A\a\]@PROMPT@\[\e]133;B\a\]'
PS2='> '

complete -o default -C aws_completer aws
"""


def bash() -> str:
    """The program.

    Raises:
        ShellProblem: this machine has none.
    """
    found = shutil.which("bash")
    if found is None:
        raise ShellProblem("there is no bash on this machine", "install it; labs are worked on in bash")
    return found


def write_rc(directory: Path, name: str) -> Path:
    """Writes the start-up file of a shell of `name` (a lab's id) into its session's directory."""
    rc = directory / "bashrc"
    text = _RC.replace("@HISTORY@", quote(str(directory / "history")))
    rc.write_text(text.replace("@PROMPT@", f"ecslab:{_plain(name)}$ "))
    return rc


def command(directory: Path, name: str) -> list[str]:
    """The command line of the learner's shell, to be run with `environment(...)`.

    A shell is about to open, so the warm `aws` is started meanwhile.
    """
    shims.warm_aws()
    return [bash(), "--noprofile", "--rcfile", str(write_rc(directory, name)), "-i"]


def settings(base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What an outer shell of the learner's must not pass on to this one, as empty values."""
    return {name: "" for name in ("PROMPT_COMMAND", "PS0", "BASH_ENV", "ENV") if name in base}


def _plain(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum() or letter in "-_.")
