"""ProxiSoins: navigation, theme, and the ribbon that announces simulated data."""

import streamlit as st

from geo.errors import ProxiSoinsError
from pages import shell

st.set_page_config(page_title="ProxiSoins", page_icon="static/proxisoins/icone.svg", layout="wide")

navigation = st.navigation(
    [
        st.Page("pages/carte.py", title="Carte", icon=":material/map:", default=True),
        st.Page("pages/risques.py", title="Territoires à risque", icon=":material/crisis_alert:"),
        st.Page("pages/sites.py", title="Sites MSP", icon=":material/add_location_alt:"),
        st.Page("pages/partage.py", title="Scénario partagé", visibility="hidden"),
        st.Page(
            "pages/permanence.py",
            title="Permanence des soins",
            icon=":material/local_hospital:",
        ),
        st.Page("pages/zonage.py", title="Zonage", icon=":material/layers:"),
        st.Page("pages/territoire.py", title="Fiche territoire", icon=":material/description:"),
        st.Page("pages/methode.py", title="Données et méthode", icon=":material/menu_book:"),
    ],
    position="top",
)
try:
    shell.open_page()
    navigation.run()
except ProxiSoinsError as error:
    shell.explain(error)
