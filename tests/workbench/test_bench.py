"""The workers that prove cases in parallel."""

import subprocess
import sys

import pytest

PARENT = """
import os, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from ecslab.workbench.bench import begin_worker
pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=begin_worker, initargs=(sys.argv[1],))
print(pool.submit(os.getpid).result() != os.getpid(), flush=True)
sys.stdin.readline()
"""


@pytest.mark.slow
def test_a_worker_ends_with_the_test_that_was_killed(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout.readline() == "True\n"
    parent.terminate()
    # The worker has the same output, which comes to its end when nobody has it any more.
    assert parent.communicate(timeout=30) == ("", None)
