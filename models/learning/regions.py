"""Départements of the metropolitan regions (2016), for held-out groups and for reports."""

from data.region import france

REGION_OF = {
    departement: region
    for departement, region in france.REGION_OF.items()
    if region not in france.OVERSEAS
}
"""Département → INSEE code of its region."""

SEALED_REGION = "75"
"""Nouvelle-Aquitaine: never in a fit, kept for a test that nobody trains on."""
