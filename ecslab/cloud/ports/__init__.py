"""What the parts of the mock AWS ask of each other, as types: no behaviour lives here.

Each part is an object that gets the `World` when it is built and finds the others on it
(`world.vpc`, `world.iam`, `world.elb`, …). All times are integer simulated milliseconds since the
world's epoch; memory is MiB, CPU is CPU units (1024 = 1 vCPU).
"""
