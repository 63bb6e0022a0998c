"""The words of the report in Russian, by their English; a test holds them complete."""

from collections.abc import Callable, Mapping

Say = Callable[[str], str]

NOTICE = (
    "Equal values of two systems that read the same gauge prove wiring, time and conversion of both. They do not"
    " prove the gauge, its installation or its calibration sheet. Values are compared as each system gave them;"
    " nothing was left out but what had no partner."
)
RUSSIAN: Mapping[str, str] = {
    "Parallel run of two systems": "Параллельная работа двух систем",
    "Site": "Объект",
    "This system": "Эта система",
    "Other system": "Другая система",
    "Period": "Период",
    "Report made": "Отчёт составлен",
    "Result": "Результат",
    "passed": "выдержано",
    "not passed": "не выдержано",
    "{passed} of {total} gauges passed": "выдержали {passed} из {total} датчиков",
    "Point": "Точка",
    "Quantity": "Величина",
    "Pairs": "Пары",
    "Mean difference": "Средняя разность",
    "Standard deviation": "Стандартное отклонение",
    "Largest difference": "Наибольшая разность",
    "Tolerance": "Допуск",
    "Mark": "Требование",
    "Reached": "Достигнуто",
    "Asked": "Требуется",
    "days with pairs": "дни с парами",
    "pairs within the tolerance": "пары в пределах допуска",
    "our readings with a partner": "наши отсчёты с парой",
    "their readings with a partner": "отсчёты другой системы с парой",
    "ours": "наши",
    "theirs": "другие",
    "difference": "разность",
    "Difference, ours less theirs": "Разность, наши минус другие",
    "at": "в",
    "no pair": "нет пар",
    "File": "Файл",
    "Our readings, of which suspect or failed": "Наши отсчёты, из них сомнительные или негодные",
    "What this report shows": "Что показывает этот отчёт",
    NOTICE: "Равные значения двух систем, читающих один датчик, подтверждают подключение, время и пересчёт обеих."
    " Они не подтверждают сам датчик, его установку и паспорт поверки. Значения сравнены такими, какими их дала"
    " каждая система; не учтены только отсчёты без пары.",
    "Accepted by": "Принято",
    "Engineer of record": "Ответственный проектировщик",
    "Operator": "Оператор",
    "Name": "Имя",
    "Date": "Дата",
    "Signature": "Подпись",
    "page": "страница",
    "pore_pressure": "поровое давление",
    "temperature": "температура",
}


def in_language(language: str) -> Say:
    """Return the function that says a text in a language: "en" or "ru"."""
    return (lambda text: RUSSIAN.get(text, text)) if language == "ru" else (lambda text: text)
