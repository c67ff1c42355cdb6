"""What only reads tables knows their names without their shapes: both must say the same."""

from data.region import schemas, table_names


def test_names_are_those_of_the_shapes():
    assert list(schemas.TABLES) == list(table_names.REPLACED)
    assert list(schemas.CONTEXT) == list(table_names.BROUGHT)
    assert set(table_names.TITLES) == {*schemas.TABLES, *schemas.CONTEXT, "populations"}


def test_an_absent_apl_has_the_columns_of_its_shape():
    types = {name: str(column.dtype) for name, column in schemas.apl.columns.items()}
    assert types == dict(table_names.APL_TYPES)
