"""ecslab: learn Amazon ECS in a terminal, with labs graded against a mock AWS that behaves."""

__version__ = "0.1.0"
