"""What a complete stack tells others: its outputs and exports; and a deleted one's end."""

from moto.cloudformation.models import CloudFormationBackend, Stack

from ecslab.cloud.ports.api import ApiError


def publish(backend: CloudFormationBackend, stack: Stack) -> None:
    """The outputs and exports of a stack that is complete."""
    stack.output_map = stack._create_output_map()
    exports = stack.output_map.exports
    for export in exports:
        held = backend.exports.get(export.name)
        if held is not None and held.exporting_stack_id != stack.stack_id:
            raise ApiError(
                "ValidationError", f"Export with name {export.name} is already exported by another stack."
            )
    _unexport(backend, stack)
    backend.exports.update({export.name: export for export in exports})
    stack.shown_exports = exports
    names = {export.value: export.name for export in exports}
    stack.shown_outputs = [
        {
            "OutputKey": output.key,
            "OutputValue": output.value,
            "Description": output.description,
            "ExportName": names.get(output.value),
        }
        for output in stack.output_map.values()
        if output
    ]


def _unexport(backend: CloudFormationBackend, stack: Stack) -> None:
    for export in getattr(stack, "shown_exports", []):
        backend.exports.pop(export.name, None)


def forget(backend: CloudFormationBackend, stack: Stack) -> None:
    _unexport(backend, stack)
    backend.stacks.pop(stack.stack_id, None)
    backend.deleted_stacks[stack.stack_id] = stack
