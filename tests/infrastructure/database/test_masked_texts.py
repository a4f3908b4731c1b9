"""The migration that masks personal data in what an earlier release showed unread."""

from sqlalchemy import insert, select, update

from infrastructure.database.engine import writing
from infrastructure.projector.rebuild import rebuild
from projections.disclosures.name_search import tails
from projections.disclosures.projection import DISCLOSURE
from projections.read_model.tables import audit_trail, catalogue_items, disclosures, name_tails
from projections.worklist.projection import WORKLIST
from tests import stories as s
from tests.conftest import migrate
from tests.infrastructure.database.test_migrations import downgrade
from tests.support.service_driver import REBUILT, Office, everything
from tests.typed.spellings import CITIZEN, MOBILE

MARK = "〔个人信息已隐去〕"


def spoil(service, spoilt):
    """Writes personal data into the tables, as an earlier release has shown it."""
    downgrade(service.engine, "0008")
    name = f"义马市{CITIZEN}商行"
    with writing(service.engine).begin() as db:
        row = update(disclosures).where(disclosures.c.case_id == spoilt)
        db.execute(row.values(subject_name=name, conclusion=f"陪同人电话{MOBILE}"))
        db.execute(
            insert(name_tails), [{"tail": each, "case_id": spoilt} for each in tails(CITIZEN)]
        )
        terms = s.TERMS.model_dump(mode="json") | {"conditions": [f"致电{MOBILE}"]}
        terms["contact"] = {"telephone": "0398-5832345"}
        db.execute(update(catalogue_items).values(terms=terms))
        db.execute(update(audit_trail).values(sentence=f"查询{MOBILE}", documents=[CITIZEN]))


def entry_of(service, case):
    with service.engine.connect() as db:
        return {
            **db.execute(select(disclosures).where(disclosures.c.case_id == case)).one()._mapping
        }


def until_a_rebuild(row):
    """The columns that a later migration added, which are empty until the projection is rebuilt."""
    return {name: None for name in REBUILT if getattr(row, name) is None}


def test_texts_of_an_earlier_release_are_masked_and_others_stay(service):
    office = Office(service)
    office.lists()
    spoilt, kept = office.remembers(s.FULFILLED), office.remembers(s.PENALIZED)
    service.projector.catch_up_all()
    before = entry_of(service, kept)
    spoil(service, spoilt)
    migrate(service.settings)
    with service.engine.connect() as db:
        entry = db.execute(select(disclosures).where(disclosures.c.case_id == spoilt)).one()
        assert (entry.subject_name, entry.conclusion) == (f"义马市{MARK}商行", f"陪同人电话{MARK}")
        item = db.execute(select(catalogue_items)).one()
        assert item.terms["conditions"] == [f"致电{MARK}"]
        assert item.terms["contact"] == {"telephone": "0398-5832345"}
        assert set(db.scalars(select(audit_trail.c.sentence))) == {f"查询{MARK}"}
        assert not db.scalars(select(name_tails).where(name_tails.c.tail.contains("411281"))).all()
        untouched = db.execute(select(disclosures).where(disclosures.c.case_id == kept)).one()
        assert {**before, **until_a_rebuild(untouched)} == {**untouched._mapping}
    rows = str({k: v for k, v in everything(service.engine).items() if k != "events"})
    assert CITIZEN not in rows and MOBILE not in rows


def test_a_database_without_personal_data_is_left_as_it_is(service):
    office = Office(service)
    office.lists()
    office.remembers(s.PENALIZED)
    service.projector.catch_up_all()
    before = everything(service.engine)
    downgrade(service.engine, "0008")
    migrate(service.settings)
    service.projector.catch_up_all()
    for projection in (DISCLOSURE, WORKLIST):  # later migrations added columns to them
        rebuild(service.projector, projection)
    assert everything(service.engine) == before
