"""What Fargate costs: Linux tasks in us-east-1, by the hour. ECS itself is free of charge.

Source: aws.amazon.com/fargate/pricing (us-east-1, Linux). Prices change: whoever shows money names the prices
it was computed with.
"""

from decimal import Decimal

VCPU_HOUR = {"x86": Decimal("0.04048"), "ARM": Decimal("0.03238")}
GB_HOUR = {"x86": Decimal("0.004445"), "ARM": Decimal("0.00356")}
"""Dollars."""
MONTH = 730
"""Hours."""


def task_hours(cpu: int, memory: int, hours: int, *, tasks: int = 1, architecture: str = "x86") -> Decimal:
    """Dollars for tasks of `cpu` units and `memory` MiB."""
    hourly = Decimal(cpu) / 1024 * VCPU_HOUR[architecture] + Decimal(memory) / 1024 * GB_HOUR[architecture]
    return hourly * hours * tasks
