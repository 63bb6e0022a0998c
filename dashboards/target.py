"""A question in InfluxQL as Grafana keeps it. The SDK has no builder for InfluxDB."""

from typing import Literal

from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models.dashboard import DataSourceRef

DATASOURCE = DataSourceRef(type_val="influxdb", uid="${datasource}")
ResultFormat = Literal["time_series", "table"]


class InfluxQuestion(variants.Dataquery):
    """One target of a panel."""

    def __init__(self, ref_id: str, text: str, alias: str, result_format: ResultFormat) -> None:
        self._json: dict[str, object] = {
            "refId": ref_id,
            "datasource": DATASOURCE.to_json(),
            "query": text,
            "rawQuery": True,
            "resultFormat": result_format,
            "alias": alias,
        }

    def to_json(self) -> dict[str, object]:
        """Return the target as it stands in a panel's JSON."""
        return dict(self._json)


class Question(builder.Builder[variants.Dataquery]):
    """The builder of one target."""

    def __init__(
        self, ref_id: str, text: str, alias: str = "", result_format: ResultFormat = "time_series"
    ) -> None:
        self._question = InfluxQuestion(ref_id, text, alias, result_format)

    def build(self) -> variants.Dataquery:
        """Return the target."""
        return self._question
