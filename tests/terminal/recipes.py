"""What to do with each program while it is recorded, a step a line.

`<up ctrl+a enter>` are keys, `?text` waits until it is shown, all else is typed. After every step the screen
is looked at. In a `Shell` recipe every line that begins with neither is a command, with the enter key pressed.

Some things are left out on purpose, because tmux 3.3 differs there from xterm, which we follow: it leaves half
of a wide character standing that is overwritten in column 0 or cut by deleting, does not know CHT, does not go
to the first column when lines are inserted or deleted, goes back less from the end of a full row, and forgets
origin mode when margins are set.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

BASH = ("bash", "--norc", "--noprofile", "-i")


class Recipe(NamedTuple):
    argv: tuple[str, ...]
    script: str
    columns: int = 80
    rows: int = 24

    def steps(self) -> list[str]:
        return [line.strip() for line in self.script.strip().splitlines()]


class Shell(NamedTuple):
    script: str
    columns: int = 80
    rows: int = 24
    argv: tuple[str, ...] = BASH

    def steps(self) -> list[str]:
        lines = (line.strip() for line in self.script.strip().splitlines())
        return [line if line.startswith(("<", "?")) else line + "<enter>" for line in lines]


LONG = "echo " + " ".join(f"word{n}" for n in range(24))

RECIPES: dict[str, Recipe | Shell] = {
    "bash": Recipe(
        BASH,
        rf"""
        echo one two three<enter>
        echo hello world
        <ctrl+a>
        X
        <alt+f alt+f>
        <ctrl+w>
        <ctrl+y ctrl+y>
        <ctrl+e ctrl+u>
        {LONG}
        <ctrl+a>
        <i n s e r t e d space>
        <alt+f alt+d>
        <ctrl+e>
        <enter>
        <ctrl+r>
        two
        <ctrl+r>
        <enter>
        <up up up>
        <ctrl+c>
        echo 日本語 naïve 한국어
        <left left left>
        <backspace>
        <enter>
        ls n<tab tab>
        <ctrl+l>
        <ctrl+u>
        for i in 1 2 3; do<enter>
        echo $i; done<enter>
        """,
    ),
    "bash-narrow": Recipe(
        BASH,
        rf"""
        {LONG}
        <ctrl+a>
        日本
        <ctrl+e>
        <ctrl+w ctrl+w>
        <enter>
        seq 1 40<enter>
        <up up>
        <home>
        <delete delete>
        <ctrl+k>
        <enter>
        """,
        columns=37,
        rows=12,
    ),
    "vim": Recipe(
        ("vim", "-u", "NONE", "-N", "poem.txt"),
        r"""
        :syntax on<enter>
        :vs wide.txt<enter>
        :sp code.py<enter>
        <ctrl+w>j
        Goadded 漢字 line
        <escape>
        <ctrl+w>l
        20jzz
        <ctrl+d>
        <ctrl+y ctrl+y>
        /lazy<enter>
        n
        ddp
        5J
        u
        :set number hlsearch<enter>
        V3j>
        <ctrl+w>k
        :set list wrap<enter>
        gg=G
        :%s/a/アア/g<enter>
        :e!<enter>
        :term<enter>
        exit<enter>
        :help<enter>
        :only<enter>
        <ctrl+f>
        :qa!<enter>
        """,
    ),
    "nano": Recipe(
        ("nano", "--ignorercfiles", "poem.txt"),
        r"""
        <down down>
        new text 漢字
        <ctrl+w>
        lazy<enter>
        <ctrl+k ctrl+k>
        <ctrl+u>
        <pagedown>
        <end>
        <ctrl+g>
        <ctrl+x>
        <ctrl+x>
        n
        """,
    ),
    "less": Recipe(
        ("less", "-N", "poem.txt"),
        r"""
        <space>
        b
        /again and again and<enter>
        n
        n
        10k
        G
        5y
        -S<enter>
        <right>
        g
        :n<enter>
        q
        """,
    ),
    "python": Recipe(
        ("python3", "-q"),
        r"""
        import os<enter>
        for i in range(3):<enter>
        <space space space space>print(i, '漢' * i)<enter>
        <enter>
        [x * x for x in range(40)]<enter>
        1 / 0<enter>
        <up up>
        <ctrl+a>
        <ctrl+k>
        print('x' * 200)<enter>
        help(len)<enter>
        q
        exit()<enter>
        """,
    ),
    "top": Recipe(
        ("bash", "-c", "sleep 900 & sleep 901 & top -d 0.5 -n 30"),
        r"""
        z
        c
        1
        h
        q
        V
        q
        """,
    ),
    "htop": Recipe(
        ("bash", "-c", "sleep 900 & sleep 901 & htop -d 50"),
        r"""
        <down down>
        t
        <f2>
        <down>
        <escape>
        <f3>
        bash
        <escape>
        <f5>
        q
        """,
        columns=100,
        rows=30,
    ),
    "mc": Recipe(
        ("mc", "--nosubshell", "--skin=default"),
        r"""
        <end up>
        <f3>
        <pagedown>
        <f3>
        <tab>
        <f9>
        <right>
        <down down>
        <escape escape>
        <f7>
        東京
        <escape escape>
        <f10>
        <enter>
        """,
    ),
    "dialog": Shell(
        r"""
        dialog --title Menu --menu 'Choose one' 15 50 4 1 Tasks 2 Services 3 Clusters 4 '東京'
        <down>
        <enter>
        dialog --checklist 'Which ones' 12 40 3 a Alpha on b Beta off c Gamma on
        <space>
        <enter>
        clear; dialog --gauge 'Working' 8 60 40 < /dev/null
        dialog --calendar Date 0 0 3 4 2026
        <tab up>
        <enter>
        clear
        """,
    ),
    "man": Recipe(
        ("man", "-P", "less -R", "ls"),
        r"""
        <space>
        /--color<enter>
        n
        G
        q
        """,
    ),
    "man-wide": Recipe(
        ("man", "-P", "less -R", "bash"),
        r"""
        <space>
        /READLINE<enter>
        h
        q
        q
        """,
        columns=120,
        rows=40,
    ),
    "git-log": Shell(
        r"""
        git -C repo log --graph --color --decorate --all
        <space>
        <space>
        <q>
        git -C repo log --oneline --stat --color
        <space>
        <q>
        git -C repo status -sb
        """,
    ),
    "git-diff": Shell(
        r"""
        git -C repo diff --color HEAD~2
        <space>
        <q>
        git -C repo diff --color --word-diff HEAD~1 | cat
        """,
    ),
    "aws-help": Recipe(
        (sys.executable, "-m", "awscli", "help"),
        r"""
        ?Turn on debug logging
        <space>
        /ecr<enter>
        n
        G
        q
        """,
    ),
    "textual": Recipe(
        (sys.executable, "application.py"),
        r"""
        ?type here
        hello 漢字
        <left left>
        <backspace>
        <tab>
        <down down>
        <ctrl+p>
        <escape>
        <ctrl+q>
        """,
    ),
    "ls": Shell(
        r"""
        ls --color -la
        ls --color -C files
        ls --color -x files | head -20
        clear
        ls -R --color=always files | tail -50
        """,
        columns=132,
        rows=30,
    ),
    "printf": Shell(
        r"""
        printf '\e(0lqqqqwqqqqk\r\nx    x    x\r\nmqqqqvqqqqj\e(B\r\n'
        printf '\e)0\016lqk\017plain\n'
        printf '\e[?1049hon the alternate screen\e[5;10Hhere\n'
        printf '\e[?1049l'
        printf '\e[5;15r\e[15;1H'; seq 1 30
        printf '\e[r\e[20;1H'
        printf '\e[10;1H\e[3L\e[2Mtext\e[12;1H\e[4P\e[5@\e[3X'
        printf '\e[2J\e[1;1H%.0s' 1; printf '\e#8'
        printf '\e[H\e[2Jabc\e[5b\e[3g\e[10Gx\eH\r\ty\n'
        printf '\ec'
        printf '1\t2\t\e[Z\e[Zx\t\ty\n'
        printf '\e[20C\e[1Kleft\e[3D\e[1J'; printf '\e[20;1H'
        printf '\e[48;5;4m\e[2J\e[H\e[5;5H\e[K\e[m'
        printf '\e]0;title\a\e]8;;http://example.com\e\\link\e]8;;\e\\ \e_apc\e\\ \e^pm\e\\.\n'
        printf '\e[?6h\e[3;8r\e[2;2Horigin\e[?6l\e[r\e[12;1H'
        printf '\e[?7l%s\e[?7h\n' $(seq -s- 1 60)
        printf '\e[4h\e[1;1Hinsert\e[4l\e[20;1H'
        printf '\e[S\e[2T\eM\eD\eE'
        printf '\e[1;79Habcd\e[K\n'
        printf '\e7\e[3;3Hsaved\e8back\n'
        """,
    ),
    "unicode": Shell(
        r"""
        printf 'e\u0301 a\u0308\u0323 n\u0303\n'
        printf '%79s漢字\n' x
        printf 'x漢字漢字\r\e[3Cab\r\e[2Cx\n'
        printf 'x漢字漢字\e[4D\e[2P\e[2@y\n'
        printf 'x漢字漢字\e[4D\e[K|\r\e[1X\n'
        printf '┌─┬─┐\n│ │█│\n└─┴─┘ ░▒▓ ✓ ✗ → λ\n'
        printf '👍 🚀 é ñ ß Ω ж 中\n'
        printf '%s' $(seq -s漢 1 60)
        printf '\e[4h\r漢\e[4l\n'
        printf '👩\u200d💻| 👍\n'
        """,
    ),
    "tput": Shell(
        r"""
        tput cup 5 10; echo here; tput el1; tput ed
        tput smso; echo standout; tput rmso; tput sc; tput cup 0 0; echo top; tput rc
        tput csr 3 9; tput cup 9 0; seq 1 20; tput csr 0 23
        tput cup 12 0; tput il 2; tput dl 1; tput ich 4; tput dch 2; tput ech 9
        tput smcup; tput clear; echo inside
        tput rmcup
        tput clear; tput hpa 20; echo x; tput vpa 8; tput cuf 5; echo y
        tput ri; tput ind; tput cbt; tput ht; echo z
        tput rs1; tput reset | cat; tput bold setaf 3 smul; echo bold; tput sgr0
        tput civis; tput cnorm; tput rep 65 20; tput hts; tput tbc; tput it
        """,
    ),
    "flood": Shell(
        r"""
        seq 1 2000
        yes 'a long line that is wider than the screen, so that it is wrapped every time anew, and on' | head -40
        cat wide.txt poem.txt
        """,
    ),
    "tmux": Recipe(
        ("tmux", "-u", "-L", "ecslab-recording", "-f", "/dev/null"),
        r"""
        ls<enter>
        <ctrl+b>%
        seq 1 50<enter>
        <ctrl+b>"
        vim -u NONE poem.txt<enter>
        <ctrl+f>
        <ctrl+b>o
        <ctrl+l>
        <ctrl+b>q
        <ctrl+b>:
        kill-server<enter>
        """,
    ),
}
