"""The seven raw tables of the Home Credit data model, declared once.

Column names, order and meaning are those of the public competition "Home Credit Default Risk"; kinds, sentinels and
sensitivity are ours. Reading, features, the synthetic lender and the data dictionary all start from here.
"""

from garant.tables.columns import Column, Kind, TableSchema
from garant.tables.levels import (
    CARD_STATUSES,
    CHANNELS,
    CLIENT_TYPES,
    COMPANIONS,
    CREDIT_STATES,
    CREDIT_TYPES,
    CURRENCIES,
    DECISIONS,
    GOODS,
    MONTH_STATUSES,
    NO_DATE,
    NO_WORD,
    PAYMENT_TYPES,
    PORTFOLIOS,
    POS_STATUSES,
    PREVIOUS_CONTRACT_TYPES,
    PRODUCT_TYPES,
    PRODUCTS,
    PURPOSES,
    REJECT_REASONS,
    SELLER_INDUSTRIES,
    WEEKDAYS,
    YES_NO,
    YIELD_GROUPS,
)
from garant.tables.schema_application import APPLICATION

HEALTH_GOODS = ("Medicine", "Medical Supplies")

CONTRACT_OWNER = ("SK_ID_PREV", "SK_ID_CURR")
"""A contract of the lender has one client."""

BUREAU = TableSchema(
    name="bureau",
    key=("SK_ID_BUREAU",),
    parent=("application", "SK_ID_CURR"),
    files=("bureau",),
    columns=(
        Column("SK_ID_CURR", Kind.ID, required=True, nullable=False),
        Column("SK_ID_BUREAU", Kind.ID, required=True, nullable=False),
        Column("CREDIT_ACTIVE", Kind.CATEGORY, required=True, sentinels=NO_WORD, levels=CREDIT_STATES),
        Column("CREDIT_CURRENCY", Kind.CATEGORY, sentinels=NO_WORD, levels=CURRENCIES),
        Column("DAYS_CREDIT", Kind.DAYS, required=True, nullable=False, sentinels=NO_DATE, past=True),
        Column("CREDIT_DAY_OVERDUE", Kind.COUNT),
        Column("DAYS_CREDIT_ENDDATE", Kind.DAYS, sentinels=NO_DATE),
        Column("DAYS_ENDDATE_FACT", Kind.DAYS, sentinels=NO_DATE),
        Column("AMT_CREDIT_MAX_OVERDUE", Kind.MONEY),
        Column("CNT_CREDIT_PROLONG", Kind.COUNT),
        Column("AMT_CREDIT_SUM", Kind.MONEY, required=True),
        Column("AMT_CREDIT_SUM_DEBT", Kind.MONEY, required=True, negative=True),
        Column("AMT_CREDIT_SUM_LIMIT", Kind.MONEY, negative=True),
        Column("AMT_CREDIT_SUM_OVERDUE", Kind.MONEY),
        Column("CREDIT_TYPE", Kind.CATEGORY, sentinels=NO_WORD, levels=CREDIT_TYPES),
        Column("DAYS_CREDIT_UPDATE", Kind.DAYS, sentinels=NO_DATE),
        Column("AMT_ANNUITY", Kind.MONEY),
    ),
)

BUREAU_BALANCE = TableSchema(
    name="bureau_balance",
    key=("SK_ID_BUREAU", "MONTHS_BALANCE"),
    parent=("bureau", "SK_ID_BUREAU"),
    files=("bureau_balance",),
    columns=(
        Column("SK_ID_BUREAU", Kind.ID, required=True, nullable=False),
        Column("MONTHS_BALANCE", Kind.MONTHS, required=True, nullable=False, past=True),
        Column("STATUS", Kind.CATEGORY, required=True, levels=MONTH_STATUSES, nullable=False, closed=True),
    ),
)

PREVIOUS_APPLICATION = TableSchema(
    name="previous_application",
    key=("SK_ID_PREV",),
    parent=("application", "SK_ID_CURR"),
    files=("previous_application",),
    owned=CONTRACT_OWNER,
    columns=(
        Column("SK_ID_PREV", Kind.ID, required=True, nullable=False),
        Column("SK_ID_CURR", Kind.ID, required=True, nullable=False),
        Column("NAME_CONTRACT_TYPE", Kind.CATEGORY, sentinels=NO_WORD, levels=PREVIOUS_CONTRACT_TYPES),
        Column("AMT_ANNUITY", Kind.MONEY),
        Column("AMT_APPLICATION", Kind.MONEY, required=True),
        Column("AMT_CREDIT", Kind.MONEY, required=True),
        Column("AMT_DOWN_PAYMENT", Kind.MONEY),
        Column("AMT_GOODS_PRICE", Kind.MONEY),
        Column("WEEKDAY_APPR_PROCESS_START", Kind.CATEGORY, sentinels=NO_WORD, levels=WEEKDAYS),
        Column("HOUR_APPR_PROCESS_START", Kind.HOUR),
        Column("FLAG_LAST_APPL_PER_CONTRACT", Kind.CATEGORY, sentinels=NO_WORD, levels=YES_NO),
        Column("NFLAG_LAST_APPL_IN_DAY", Kind.FLAG),
        Column("RATE_DOWN_PAYMENT", Kind.RATE),
        Column("RATE_INTEREST_PRIMARY", Kind.RATE),
        Column("RATE_INTEREST_PRIVILEGED", Kind.RATE),
        Column(
            "NAME_CASH_LOAN_PURPOSE", Kind.CATEGORY, sentinels=NO_WORD, sensitive_levels=("Medicine",), levels=PURPOSES
        ),
        Column("NAME_CONTRACT_STATUS", Kind.CATEGORY, required=True, sentinels=NO_WORD, levels=DECISIONS),
        Column("DAYS_DECISION", Kind.DAYS, required=True, nullable=False, sentinels=NO_DATE, past=True),
        Column("NAME_PAYMENT_TYPE", Kind.CATEGORY, sentinels=NO_WORD, levels=PAYMENT_TYPES),
        Column("CODE_REJECT_REASON", Kind.CATEGORY, sentinels=NO_WORD, levels=REJECT_REASONS),
        Column("NAME_TYPE_SUITE", Kind.CATEGORY, sentinels=NO_WORD, sensitive="family", levels=COMPANIONS),
        Column("NAME_CLIENT_TYPE", Kind.CATEGORY, sentinels=NO_WORD, levels=CLIENT_TYPES),
        Column("NAME_GOODS_CATEGORY", Kind.CATEGORY, sentinels=NO_WORD, sensitive_levels=HEALTH_GOODS, levels=GOODS),
        Column("NAME_PORTFOLIO", Kind.CATEGORY, sentinels=NO_WORD, levels=PORTFOLIOS),
        Column("NAME_PRODUCT_TYPE", Kind.CATEGORY, sentinels=NO_WORD, levels=PRODUCT_TYPES),
        Column("CHANNEL_TYPE", Kind.CATEGORY, sentinels=NO_WORD, levels=CHANNELS),
        Column("SELLERPLACE_AREA", Kind.COUNT, negative=True),
        Column("NAME_SELLER_INDUSTRY", Kind.CATEGORY, sentinels=NO_WORD, levels=SELLER_INDUSTRIES),
        Column("CNT_PAYMENT", Kind.COUNT),
        Column("NAME_YIELD_GROUP", Kind.CATEGORY, sentinels=NO_WORD, levels=YIELD_GROUPS),
        Column("PRODUCT_COMBINATION", Kind.CATEGORY, sentinels=NO_WORD, levels=PRODUCTS),
        Column("DAYS_FIRST_DRAWING", Kind.DAYS, sentinels=NO_DATE, sentinel_flag="FLAG_NO_FIRST_DRAWING"),
        Column("DAYS_FIRST_DUE", Kind.DAYS, sentinels=NO_DATE),
        Column("DAYS_LAST_DUE_1ST_VERSION", Kind.DAYS, sentinels=NO_DATE),
        Column("DAYS_LAST_DUE", Kind.DAYS, sentinels=NO_DATE, sentinel_flag="FLAG_NO_LAST_DUE"),
        Column("DAYS_TERMINATION", Kind.DAYS, sentinels=NO_DATE, sentinel_flag="FLAG_NO_TERMINATION"),
        Column("NFLAG_INSURED_ON_APPROVAL", Kind.FLAG),
    ),
)

POS_CASH_BALANCE = TableSchema(
    name="POS_CASH_balance",
    key=("SK_ID_PREV", "MONTHS_BALANCE"),
    parent=("application", "SK_ID_CURR"),
    files=("pos_cash_balance",),
    owned=CONTRACT_OWNER,
    columns=(
        Column("SK_ID_PREV", Kind.ID, required=True, nullable=False),
        Column("SK_ID_CURR", Kind.ID, required=True, nullable=False),
        Column("MONTHS_BALANCE", Kind.MONTHS, required=True, nullable=False, past=True),
        Column("CNT_INSTALMENT", Kind.COUNT),
        Column("CNT_INSTALMENT_FUTURE", Kind.COUNT),
        Column("NAME_CONTRACT_STATUS", Kind.CATEGORY, sentinels=NO_WORD, levels=POS_STATUSES),
        Column("SK_DPD", Kind.COUNT, required=True),
        Column("SK_DPD_DEF", Kind.COUNT),
    ),
)

INSTALLMENTS_PAYMENTS = TableSchema(
    name="installments_payments",
    key=(),
    parent=("application", "SK_ID_CURR"),
    files=("installments_payments",),
    owned=CONTRACT_OWNER,
    columns=(
        Column("SK_ID_PREV", Kind.ID, required=True, nullable=False),
        Column("SK_ID_CURR", Kind.ID, required=True, nullable=False),
        Column("NUM_INSTALMENT_VERSION", Kind.COUNT),
        Column("NUM_INSTALMENT_NUMBER", Kind.COUNT, required=True),
        Column("DAYS_INSTALMENT", Kind.DAYS, required=True, sentinels=NO_DATE),
        Column("DAYS_ENTRY_PAYMENT", Kind.DAYS, required=True, sentinels=NO_DATE, past=True),
        Column("AMT_INSTALMENT", Kind.MONEY, required=True),
        Column("AMT_PAYMENT", Kind.MONEY, required=True),
    ),
)

CREDIT_CARD_BALANCE = TableSchema(
    name="credit_card_balance",
    key=("SK_ID_PREV", "MONTHS_BALANCE"),
    parent=("application", "SK_ID_CURR"),
    files=("credit_card_balance",),
    owned=CONTRACT_OWNER,
    columns=(
        Column("SK_ID_PREV", Kind.ID, required=True, nullable=False),
        Column("SK_ID_CURR", Kind.ID, required=True, nullable=False),
        Column("MONTHS_BALANCE", Kind.MONTHS, required=True, nullable=False, past=True),
        Column("AMT_BALANCE", Kind.MONEY, required=True, negative=True),
        Column("AMT_CREDIT_LIMIT_ACTUAL", Kind.MONEY, required=True),
        Column("AMT_DRAWINGS_ATM_CURRENT", Kind.MONEY, negative=True),
        Column("AMT_DRAWINGS_CURRENT", Kind.MONEY, negative=True),
        Column("AMT_DRAWINGS_OTHER_CURRENT", Kind.MONEY, negative=True),
        Column("AMT_DRAWINGS_POS_CURRENT", Kind.MONEY, negative=True),
        Column("AMT_INST_MIN_REGULARITY", Kind.MONEY),
        Column("AMT_PAYMENT_CURRENT", Kind.MONEY),
        Column("AMT_PAYMENT_TOTAL_CURRENT", Kind.MONEY),
        Column("AMT_RECEIVABLE_PRINCIPAL", Kind.MONEY, negative=True),
        Column("AMT_RECIVABLE", Kind.MONEY, negative=True),
        Column("AMT_TOTAL_RECEIVABLE", Kind.MONEY, negative=True),
        Column("CNT_DRAWINGS_ATM_CURRENT", Kind.COUNT),
        Column("CNT_DRAWINGS_CURRENT", Kind.COUNT),
        Column("CNT_DRAWINGS_OTHER_CURRENT", Kind.COUNT),
        Column("CNT_DRAWINGS_POS_CURRENT", Kind.COUNT),
        Column("CNT_INSTALMENT_MATURE_CUM", Kind.COUNT),
        Column("NAME_CONTRACT_STATUS", Kind.CATEGORY, sentinels=NO_WORD, levels=CARD_STATUSES),
        Column("SK_DPD", Kind.COUNT, required=True),
        Column("SK_DPD_DEF", Kind.COUNT),
    ),
)

TABLES: dict[str, TableSchema] = {
    table.name: table
    for table in (
        APPLICATION,
        BUREAU,
        BUREAU_BALANCE,
        PREVIOUS_APPLICATION,
        POS_CASH_BALANCE,
        INSTALLMENTS_PAYMENTS,
        CREDIT_CARD_BALANCE,
    )
}
"""All seven, application first: a child table is read after the table that holds its parents."""

OPTIONAL_COLUMNS = ("APPLICATION_DATE", "subject_ref")
"""Columns of ours that the official file does not have: their absence is no warning."""
