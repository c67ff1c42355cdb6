"""Screen shown to the public in place of those that need an account."""

import streamlit as st


def draw() -> None:
    """Draw the screen."""
    st.title("ProxiSoins")
    st.markdown(
        "Qui peut joindre un médecin généraliste en 20 minutes, commune par commune, et où l’accès "
        "aux soins est fragile."
    )
    st.markdown(
        "Sans compte : les **fiches des territoires** et les **liens partagés**. La carte, les "
        "territoires à risque, les sites et les données demandent un compte."
    )
    st.markdown("[Ouvrir la fiche d’un territoire](territoire)")
    st.button("Se connecter", on_click=st.login, key="login_here", type="primary")


draw()
