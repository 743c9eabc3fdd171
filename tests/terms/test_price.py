"""Fargate's prices, with the example that the behaviour was taken from."""

from decimal import Decimal

from ecslab.terms.price import MONTH, task_hours


def test_the_smallest_task_costs_about_nine_dollars_a_month() -> None:
    assert task_hours(256, 512, 1) == Decimal("0.0123425")
    assert round(task_hours(256, 512, MONTH), 2) == Decimal("9.01")


def test_arm_is_cheaper_and_tasks_add_up() -> None:
    assert task_hours(1024, 2048, 1, architecture="ARM") == Decimal("0.0395")
    assert task_hours(1024, 2048, 10, tasks=3) == 30 * task_hours(1024, 2048, 1)
