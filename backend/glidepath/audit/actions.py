"""What is written down: `area:thing:verb`. The area says how far a deed reaches."""

from enum import StrEnum


class Action(StrEnum):
    """Of one patient, unless the area is another: `caseload` and `clinic` are lists and numbers, `own` a
    patient with their own record, `system` the worker without anybody."""

    RECORD_READ = "patient:record:read"
    ENTRIES_READ = "patient:entries:read"
    RECORD_ADMIT = "patient:record:admit"
    ACCESS_INVITE = "patient:access:invite"
    ACCESS_END = "patient:access:end"
    PLAN_WRITE = "patient:plan:write"
    PROPOSAL_DISMISS = "patient:proposal:dismiss"
    SCREENING_WRITE = "patient:screening:write"
    ASSESSMENT_WRITE = "patient:assessment:write"
    TEAM_READ = "patient:team:read"
    TEAM_ADD = "patient:team:add"
    TEAM_REMOVE = "patient:team:remove"
    TEAM_HAND_OVER = "patient:team:hand_over"
    PAUSE_WRITE = "patient:pause:write"
    PAUSE_END = "patient:pause:end"
    EPISODE_READ = "patient:episode:read"
    EPISODE_BEGIN = "patient:episode:begin"
    EPISODE_DISCHARGE = "patient:episode:discharge"
    EPISODE_REOPEN = "patient:episode:reopen"
    ALERT_READ = "patient:alert:read"
    ALERT_VIEW = "patient:alert:view"
    ALERT_ACKNOWLEDGE = "patient:alert:acknowledge"
    ALERT_SNOOZE = "patient:alert:snooze"
    ALERT_RESOLVE = "patient:alert:resolve"
    ALERT_UNDO = "patient:alert:undo"
    MESSAGE_WRITE = "patient:message:write"
    MESSAGE_READ = "patient:message:read"
    MESSAGE_ACT = "patient:message:act"
    LOOKS_READ = "patient:looks:read"
    CASELOAD_READ = "caseload:list:read"
    CASELOAD_SEARCH = "caseload:list:search"
    CASELOAD_HAND_OVER = "caseload:team:hand_over"
    QUALITY_READ = "clinic:quality:read"
    REPLAY_READ = "clinic:replay:read"
    REPLAY_ASK = "clinic:replay:ask"
    DELIVERIES_READ = "clinic:deliveries:read"
    DELIVERIES_RETRY = "clinic:deliveries:retry"
    OWN_CARE_READ = "own:care:read"
    OWN_DIARY_READ = "own:diary:read"
    OWN_DIARY_WRITE = "own:diary:write"
    OWN_PAUSE_WRITE = "own:pause:write"
    OWN_PAUSE_END = "own:pause:end"
    OWN_MESSAGES_READ = "own:messages:read"
    OWN_LOOKS_READ = "own:looks:read"
    SYSTEM_LOOK = "system:look:run"

    @property
    def area(self) -> str:
        return self.partition(":")[0]
