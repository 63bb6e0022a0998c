"""The roles that a policy gives to persons, and which of them may do what. Source: GISTM (2020) 8.4 to 8.7, 9."""

OPERATOR = "operator"
OBSERVER = "observer"
RESPONSIBLE_ENGINEER = "responsible_engineer"  # GISTM's RTFE
ENGINEER_OF_RECORD = "engineer_of_record"
DEPUTY_ENGINEER_OF_RECORD = "deputy_engineer_of_record"
ACCOUNTABLE_EXECUTIVE = "accountable_executive"
INDEPENDENT_REVIEWER = "independent_reviewer"  # of the ITRB
INSPECTOR = "inspector"
AUTHORITY = "authority"
ADMINISTRATOR = "administrator"

ENGINEERS = frozenset((RESPONSIBLE_ENGINEER, ENGINEER_OF_RECORD, DEPUTY_ENGINEER_OF_RECORD))
ON_SITE = ENGINEERS | {OPERATOR, OBSERVER}
ANYONE = ON_SITE | {ACCOUNTABLE_EXECUTIVE, INDEPENDENT_REVIEWER, INSPECTOR, AUTHORITY}  # but who keeps the server
ROLES = ANYONE | {ADMINISTRATOR}
PROPOSERS = ENGINEERS | {AUTHORITY}  # of sets of limits
APPROVERS = ENGINEERS | {ACCOUNTABLE_EXECUTIVE, INDEPENDENT_REVIEWER, AUTHORITY}  # of the same
