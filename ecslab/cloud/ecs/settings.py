"""Account settings: stored, and read back with AWS's defaults. Only containerInsights has an effect."""

from ecslab.cloud.ecs.model import JSON
from ecslab.cloud.ecs.paging import page, with_token
from ecslab.cloud.ecs.state import State
from ecslab.cloud.ports.api import ApiError

SWITCH = ("enabled", "disabled")
SETTINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "serviceLongArnFormat": ("enabled", SWITCH),
    "taskLongArnFormat": ("enabled", SWITCH),
    "containerInstanceLongArnFormat": ("enabled", SWITCH),
    "awsvpcTrunking": ("disabled", SWITCH),
    "containerInsights": ("disabled", (*SWITCH, "enhanced")),
    "fargateFIPSMode": ("disabled", SWITCH),
    "tagResourceAuthorization": ("on", ("on", "off")),
    "fargateTaskRetirementWaitPeriod": ("7", ("0", "7", "14")),
    "guardDutyActivate": ("off", ("on", "off")),
    "defaultLogDriverMode": ("non-blocking", ("blocking", "non-blocking")),
    "fargateEventWindows": ("disabled", SWITCH),
}
"""Name -> (default, values)."""


def put(state: State, params: JSON) -> JSON:
    name, value = params["name"], params["value"]
    _default, values = _known(name)
    if value not in values:
        raise ApiError("InvalidParameterException", f"The value {value} is not valid for setting {name}.")
    state.settings[name] = value
    state.world.touch()
    return {"setting": _setting(state, name)}


def delete(state: State, params: JSON) -> JSON:
    name = params["name"]
    _known(name)
    setting = _setting(state, name)
    state.settings.pop(name, None)
    state.world.touch()
    return {"setting": setting}


def list_settings(state: State, params: JSON) -> JSON:
    names = list(SETTINGS) if params.get("effectiveSettings") else list(state.settings)
    if params.get("name"):
        _known(params["name"])
        names = [name for name in names if name == params["name"]]
    settings = [_setting(state, name) for name in names]
    if params.get("value"):
        settings = [setting for setting in settings if setting["value"] == params["value"]]
    items, token = page(
        settings, {**params, "maxResults": params.get("maxResults") or None}, default=10, limit=10
    )
    return with_token({"settings": items}, token)


def _known(name: str) -> tuple[str, tuple[str, ...]]:
    if name not in SETTINGS:
        raise ApiError("InvalidParameterException", f"Invalid setting name: {name}.")
    return SETTINGS[name]


def _setting(state: State, name: str) -> JSON:
    return {
        "name": name,
        "value": state.settings.get(name, SETTINGS[name][0]),
        "principalArn": f"arn:aws:iam::{state.world.account}:root",
        "type": "aws_managed" if name == "guardDutyActivate" else "user",
    }


OPERATIONS = {
    "PutAccountSetting": put,
    "PutAccountSettingDefault": put,
    "DeleteAccountSetting": delete,
    "ListAccountSettings": list_settings,
}
