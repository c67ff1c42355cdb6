"""What became of an imported file, on screen."""

from collections.abc import Sequence

import streamlit as st

from data.base import french
from data.official import import_reports
from data.official.import_reports import ImportReport
from data.region.falls import Zero


def draw_report(report: ImportReport, zeros: Sequence[Zero] = ()) -> None:
    """Say what became of a file; its name is written as text, never as Markdown.

    Of the zeros in place, those that were confirmed since the import are said to be.
    """
    believed = {zero.fall.told(zero.name): zero.told for zero in zeros if zero.confirmed}
    refused = report.status == import_reports.REFUSED
    with st.container(border=True):
        st.text(f"{report.file_name} : {report.status}")
        if report.message:
            st.text(report.message)
        if refused:
            return
        st.text(f"Reconnu comme : {report.source}")
        unsure = f"{french.number(report.doubtful)} à vérifier, " if report.doubtful else ""
        st.text(
            f"{french.counted(report.read, 'ligne lue', 'lignes lues')}, "
            f"{french.counted(report.kept, 'retenue', 'retenues')}, "
            f"{unsure}{french.counted(report.left, 'écartée', 'écartées')}."
        )
        for doubt in report.doubts:
            since = believed.get(doubt.partition(" ; ")[0])
            st.text(f"Zéro confirmé : {since}" if since else f"À vérifier : {doubt}")
        for table in report.tables:
            st.text(
                f"{table.title}, {table.vintage} : "
                f"{french.counted(table.rows, 'ligne', 'lignes')}, "
                f"{french.number(table.matched)} des {french.number(report.communes)} communes "
                "de la région."
            )
        for one in report.refused:
            st.text(f"Écarté : {one.told}")
        for one in report.in_part:
            st.text(f"Retenu en partie : {one.told}")
        for remark in report.remarks:
            st.text(f"À savoir : {remark}")
