-- bureau, duckdb
-- reads: bureau.AMT_CREDIT_SUM, bureau.AMT_CREDIT_SUM_DEBT, bureau.DAYS_CREDIT, bureau.SK_ID_BUREAU, bureau.SK_ID_CURR
SELECT
  "t7"."SK_ID_CURR",
  CAST(MAX(0 - "t7"."DAYS_CREDIT") FILTER(WHERE
    "t7"."DAYS_CREDIT" <= 0) AS DOUBLE) AS "bureau_history_days_all",
  CAST(SUM("t7"."AMT_CREDIT_SUM_DEBT") FILTER(WHERE
    (
      "t7"."newest" <= 3
    ) AND (
      "t7"."AMT_CREDIT_SUM_DEBT" IS NOT NULL
    )) AS DOUBLE) / NULLIF(
    CAST(SUM("t7"."AMT_CREDIT_SUM") FILTER(WHERE
      (
        "t7"."newest" <= 3
      ) AND (
        "t7"."AMT_CREDIT_SUM_DEBT" IS NOT NULL
      )) AS DOUBLE),
    0.0
  ) AS "bureau_debt_to_credit_last3",
  CAST(COUNT(*) FILTER(WHERE
    (
      "t7"."DAYS_CREDIT" <= 0
    )
    AND (
      "t7"."DAYS_CREDIT" >= -730
    )
    AND (
      "t7"."DAYS_CREDIT" <= 0
    )) AS DOUBLE) / NULLIF(CAST(COUNT(*) FILTER(WHERE
    "t7"."DAYS_CREDIT" <= 0) AS DOUBLE), 0.0) AS "bureau_recent_share_730d"
FROM (
  SELECT
    "t6"."SK_ID_CURR",
    "t6"."SK_ID_BUREAU",
    "t6"."CREDIT_ACTIVE",
    "t6"."CREDIT_CURRENCY",
    "t6"."DAYS_CREDIT",
    "t6"."CREDIT_DAY_OVERDUE",
    "t6"."DAYS_CREDIT_ENDDATE",
    "t6"."DAYS_ENDDATE_FACT",
    "t6"."AMT_CREDIT_MAX_OVERDUE",
    "t6"."CNT_CREDIT_PROLONG",
    "t6"."AMT_CREDIT_SUM",
    "t6"."AMT_CREDIT_SUM_DEBT",
    "t6"."AMT_CREDIT_SUM_LIMIT",
    "t6"."AMT_CREDIT_SUM_OVERDUE",
    "t6"."CREDIT_TYPE",
    "t6"."DAYS_CREDIT_UPDATE",
    "t6"."AMT_ANNUITY",
    "t6"."source_file",
    "t6"."source_line",
    "t6"."newest",
    "t6"."oldest",
    "t6"."weight",
    "t4"."client_income",
    "t4"."credit_asked",
    "t4"."annuity_asked"
  FROM (
    SELECT
      "t3"."SK_ID_CURR",
      "t3"."SK_ID_BUREAU",
      "t3"."CREDIT_ACTIVE",
      "t3"."CREDIT_CURRENCY",
      "t3"."DAYS_CREDIT",
      "t3"."CREDIT_DAY_OVERDUE",
      "t3"."DAYS_CREDIT_ENDDATE",
      "t3"."DAYS_ENDDATE_FACT",
      "t3"."AMT_CREDIT_MAX_OVERDUE",
      "t3"."CNT_CREDIT_PROLONG",
      "t3"."AMT_CREDIT_SUM",
      "t3"."AMT_CREDIT_SUM_DEBT",
      "t3"."AMT_CREDIT_SUM_LIMIT",
      "t3"."AMT_CREDIT_SUM_OVERDUE",
      "t3"."CREDIT_TYPE",
      "t3"."DAYS_CREDIT_UPDATE",
      "t3"."AMT_ANNUITY",
      "t3"."source_file",
      "t3"."source_line",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_CREDIT" DESC, "t3"."SK_ID_BUREAU" DESC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "newest",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_CREDIT" ASC, "t3"."SK_ID_BUREAU" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "oldest",
      CASE
        WHEN (
          "t3"."DAYS_CREDIT" + 1095
        ) > 0
        THEN "t3"."DAYS_CREDIT" + 1095
        WHEN (
          "t3"."DAYS_CREDIT" + 1095
        ) <= 0
        THEN 0
        ELSE NULL
      END AS "weight"
    FROM (
      SELECT
        *
      FROM "bureau" AS "t0"
      WHERE
        "t0"."DAYS_CREDIT" <= 0
    ) AS "t3"
  ) AS "t6"
  INNER JOIN (
    SELECT
      "t1"."SK_ID_CURR",
      "t1"."AMT_INCOME_TOTAL" AS "client_income",
      "t1"."AMT_CREDIT" AS "credit_asked",
      "t1"."AMT_ANNUITY" AS "annuity_asked"
    FROM "application" AS "t1"
  ) AS "t4"
    ON "t6"."SK_ID_CURR" = "t4"."SK_ID_CURR"
) AS "t7"
GROUP BY
  1;

-- bureau, sqlite
-- reads: bureau.AMT_CREDIT_SUM, bureau.AMT_CREDIT_SUM_DEBT, bureau.DAYS_CREDIT, bureau.SK_ID_BUREAU, bureau.SK_ID_CURR
SELECT
  "t7"."SK_ID_CURR",
  CAST(MAX(0 - "t7"."DAYS_CREDIT") FILTER(WHERE
    "t7"."DAYS_CREDIT" <= 0) AS REAL) AS "bureau_history_days_all",
  CAST(SUM("t7"."AMT_CREDIT_SUM_DEBT") FILTER(WHERE
    (
      "t7"."newest" <= 3
    ) AND (
      "t7"."AMT_CREDIT_SUM_DEBT" IS NOT NULL
    )) AS REAL) / NULLIF(
    CAST(SUM("t7"."AMT_CREDIT_SUM") FILTER(WHERE
      (
        "t7"."newest" <= 3
      ) AND (
        "t7"."AMT_CREDIT_SUM_DEBT" IS NOT NULL
      )) AS REAL),
    0.0
  ) AS "bureau_debt_to_credit_last3",
  CAST(COUNT(*) FILTER(WHERE
    (
      "t7"."DAYS_CREDIT" <= 0
    )
    AND (
      "t7"."DAYS_CREDIT" >= -730
    )
    AND (
      "t7"."DAYS_CREDIT" <= 0
    )) AS REAL) / NULLIF(CAST(COUNT(*) FILTER(WHERE
    "t7"."DAYS_CREDIT" <= 0) AS REAL), 0.0) AS "bureau_recent_share_730d"
FROM (
  SELECT
    "t6"."SK_ID_CURR",
    "t6"."SK_ID_BUREAU",
    "t6"."CREDIT_ACTIVE",
    "t6"."CREDIT_CURRENCY",
    "t6"."DAYS_CREDIT",
    "t6"."CREDIT_DAY_OVERDUE",
    "t6"."DAYS_CREDIT_ENDDATE",
    "t6"."DAYS_ENDDATE_FACT",
    "t6"."AMT_CREDIT_MAX_OVERDUE",
    "t6"."CNT_CREDIT_PROLONG",
    "t6"."AMT_CREDIT_SUM",
    "t6"."AMT_CREDIT_SUM_DEBT",
    "t6"."AMT_CREDIT_SUM_LIMIT",
    "t6"."AMT_CREDIT_SUM_OVERDUE",
    "t6"."CREDIT_TYPE",
    "t6"."DAYS_CREDIT_UPDATE",
    "t6"."AMT_ANNUITY",
    "t6"."source_file",
    "t6"."source_line",
    "t6"."newest",
    "t6"."oldest",
    "t6"."weight",
    "t4"."client_income",
    "t4"."credit_asked",
    "t4"."annuity_asked"
  FROM (
    SELECT
      "t3"."SK_ID_CURR",
      "t3"."SK_ID_BUREAU",
      "t3"."CREDIT_ACTIVE",
      "t3"."CREDIT_CURRENCY",
      "t3"."DAYS_CREDIT",
      "t3"."CREDIT_DAY_OVERDUE",
      "t3"."DAYS_CREDIT_ENDDATE",
      "t3"."DAYS_ENDDATE_FACT",
      "t3"."AMT_CREDIT_MAX_OVERDUE",
      "t3"."CNT_CREDIT_PROLONG",
      "t3"."AMT_CREDIT_SUM",
      "t3"."AMT_CREDIT_SUM_DEBT",
      "t3"."AMT_CREDIT_SUM_LIMIT",
      "t3"."AMT_CREDIT_SUM_OVERDUE",
      "t3"."CREDIT_TYPE",
      "t3"."DAYS_CREDIT_UPDATE",
      "t3"."AMT_ANNUITY",
      "t3"."source_file",
      "t3"."source_line",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_CREDIT" DESC, "t3"."SK_ID_BUREAU" DESC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "newest",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_CREDIT" ASC NULLS LAST, "t3"."SK_ID_BUREAU" ASC NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "oldest",
      CASE
        WHEN (
          "t3"."DAYS_CREDIT" + 1095
        ) > 0
        THEN "t3"."DAYS_CREDIT" + 1095
        WHEN (
          "t3"."DAYS_CREDIT" + 1095
        ) <= 0
        THEN 0
        ELSE NULL
      END AS "weight"
    FROM (
      SELECT
        *
      FROM "bureau" AS "t0"
      WHERE
        "t0"."DAYS_CREDIT" <= 0
    ) AS "t3"
  ) AS "t6"
  INNER JOIN (
    SELECT
      "t1"."SK_ID_CURR",
      "t1"."AMT_INCOME_TOTAL" AS "client_income",
      "t1"."AMT_CREDIT" AS "credit_asked",
      "t1"."AMT_ANNUITY" AS "annuity_asked"
    FROM "application" AS "t1"
  ) AS "t4"
    ON "t6"."SK_ID_CURR" = "t4"."SK_ID_CURR"
) AS "t7"
GROUP BY
  1;

-- previous_application, duckdb
-- reads: previous_application.DAYS_DECISION, previous_application.NAME_CONTRACT_STATUS, previous_application.SK_ID_CURR, previous_application.SK_ID_PREV
SELECT
  "t7"."SK_ID_CURR",
  CAST(COUNT(*) FILTER(WHERE
    (
      "t7"."NAME_CONTRACT_STATUS" = 'Refused'
    ) AND (
      "t7"."newest" <= 2
    )) AS DOUBLE) / NULLIF(CAST(COUNT(*) FILTER(WHERE
    "t7"."newest" <= 2) AS DOUBLE), 0.0) AS "previous_refused_share_last2"
FROM (
  SELECT
    "t6"."SK_ID_PREV",
    "t6"."SK_ID_CURR",
    "t6"."NAME_CONTRACT_TYPE",
    "t6"."AMT_ANNUITY",
    "t6"."AMT_APPLICATION",
    "t6"."AMT_CREDIT",
    "t6"."AMT_DOWN_PAYMENT",
    "t6"."AMT_GOODS_PRICE",
    "t6"."WEEKDAY_APPR_PROCESS_START",
    "t6"."HOUR_APPR_PROCESS_START",
    "t6"."FLAG_LAST_APPL_PER_CONTRACT",
    "t6"."NFLAG_LAST_APPL_IN_DAY",
    "t6"."RATE_DOWN_PAYMENT",
    "t6"."RATE_INTEREST_PRIMARY",
    "t6"."RATE_INTEREST_PRIVILEGED",
    "t6"."NAME_CASH_LOAN_PURPOSE",
    "t6"."NAME_CONTRACT_STATUS",
    "t6"."DAYS_DECISION",
    "t6"."NAME_PAYMENT_TYPE",
    "t6"."CODE_REJECT_REASON",
    "t6"."NAME_TYPE_SUITE",
    "t6"."NAME_CLIENT_TYPE",
    "t6"."NAME_GOODS_CATEGORY",
    "t6"."NAME_PORTFOLIO",
    "t6"."NAME_PRODUCT_TYPE",
    "t6"."CHANNEL_TYPE",
    "t6"."SELLERPLACE_AREA",
    "t6"."NAME_SELLER_INDUSTRY",
    "t6"."CNT_PAYMENT",
    "t6"."NAME_YIELD_GROUP",
    "t6"."PRODUCT_COMBINATION",
    "t6"."DAYS_FIRST_DRAWING",
    "t6"."DAYS_FIRST_DUE",
    "t6"."DAYS_LAST_DUE_1ST_VERSION",
    "t6"."DAYS_LAST_DUE",
    "t6"."DAYS_TERMINATION",
    "t6"."NFLAG_INSURED_ON_APPROVAL",
    "t6"."FLAG_NO_FIRST_DRAWING",
    "t6"."FLAG_NO_LAST_DUE",
    "t6"."FLAG_NO_TERMINATION",
    "t6"."source_file",
    "t6"."source_line",
    "t6"."newest",
    "t6"."oldest",
    "t6"."weight",
    "t4"."client_income",
    "t4"."credit_asked",
    "t4"."annuity_asked"
  FROM (
    SELECT
      "t3"."SK_ID_PREV",
      "t3"."SK_ID_CURR",
      "t3"."NAME_CONTRACT_TYPE",
      "t3"."AMT_ANNUITY",
      "t3"."AMT_APPLICATION",
      "t3"."AMT_CREDIT",
      "t3"."AMT_DOWN_PAYMENT",
      "t3"."AMT_GOODS_PRICE",
      "t3"."WEEKDAY_APPR_PROCESS_START",
      "t3"."HOUR_APPR_PROCESS_START",
      "t3"."FLAG_LAST_APPL_PER_CONTRACT",
      "t3"."NFLAG_LAST_APPL_IN_DAY",
      "t3"."RATE_DOWN_PAYMENT",
      "t3"."RATE_INTEREST_PRIMARY",
      "t3"."RATE_INTEREST_PRIVILEGED",
      "t3"."NAME_CASH_LOAN_PURPOSE",
      "t3"."NAME_CONTRACT_STATUS",
      "t3"."DAYS_DECISION",
      "t3"."NAME_PAYMENT_TYPE",
      "t3"."CODE_REJECT_REASON",
      "t3"."NAME_TYPE_SUITE",
      "t3"."NAME_CLIENT_TYPE",
      "t3"."NAME_GOODS_CATEGORY",
      "t3"."NAME_PORTFOLIO",
      "t3"."NAME_PRODUCT_TYPE",
      "t3"."CHANNEL_TYPE",
      "t3"."SELLERPLACE_AREA",
      "t3"."NAME_SELLER_INDUSTRY",
      "t3"."CNT_PAYMENT",
      "t3"."NAME_YIELD_GROUP",
      "t3"."PRODUCT_COMBINATION",
      "t3"."DAYS_FIRST_DRAWING",
      "t3"."DAYS_FIRST_DUE",
      "t3"."DAYS_LAST_DUE_1ST_VERSION",
      "t3"."DAYS_LAST_DUE",
      "t3"."DAYS_TERMINATION",
      "t3"."NFLAG_INSURED_ON_APPROVAL",
      "t3"."FLAG_NO_FIRST_DRAWING",
      "t3"."FLAG_NO_LAST_DUE",
      "t3"."FLAG_NO_TERMINATION",
      "t3"."source_file",
      "t3"."source_line",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_DECISION" DESC, "t3"."SK_ID_PREV" DESC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "newest",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_DECISION" ASC, "t3"."SK_ID_PREV" ASC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "oldest",
      CASE
        WHEN (
          "t3"."DAYS_DECISION" + 1095
        ) > 0
        THEN "t3"."DAYS_DECISION" + 1095
        WHEN (
          "t3"."DAYS_DECISION" + 1095
        ) <= 0
        THEN 0
        ELSE NULL
      END AS "weight"
    FROM (
      SELECT
        *
      FROM "previous_application" AS "t0"
      WHERE
        "t0"."DAYS_DECISION" <= 0
    ) AS "t3"
  ) AS "t6"
  INNER JOIN (
    SELECT
      "t1"."SK_ID_CURR",
      "t1"."AMT_INCOME_TOTAL" AS "client_income",
      "t1"."AMT_CREDIT" AS "credit_asked",
      "t1"."AMT_ANNUITY" AS "annuity_asked"
    FROM "application" AS "t1"
  ) AS "t4"
    ON "t6"."SK_ID_CURR" = "t4"."SK_ID_CURR"
) AS "t7"
GROUP BY
  1;

-- previous_application, sqlite
-- reads: previous_application.DAYS_DECISION, previous_application.NAME_CONTRACT_STATUS, previous_application.SK_ID_CURR, previous_application.SK_ID_PREV
SELECT
  "t7"."SK_ID_CURR",
  CAST(COUNT(*) FILTER(WHERE
    (
      "t7"."NAME_CONTRACT_STATUS" = 'Refused'
    ) AND (
      "t7"."newest" <= 2
    )) AS REAL) / NULLIF(CAST(COUNT(*) FILTER(WHERE
    "t7"."newest" <= 2) AS REAL), 0.0) AS "previous_refused_share_last2"
FROM (
  SELECT
    "t6"."SK_ID_PREV",
    "t6"."SK_ID_CURR",
    "t6"."NAME_CONTRACT_TYPE",
    "t6"."AMT_ANNUITY",
    "t6"."AMT_APPLICATION",
    "t6"."AMT_CREDIT",
    "t6"."AMT_DOWN_PAYMENT",
    "t6"."AMT_GOODS_PRICE",
    "t6"."WEEKDAY_APPR_PROCESS_START",
    "t6"."HOUR_APPR_PROCESS_START",
    "t6"."FLAG_LAST_APPL_PER_CONTRACT",
    "t6"."NFLAG_LAST_APPL_IN_DAY",
    "t6"."RATE_DOWN_PAYMENT",
    "t6"."RATE_INTEREST_PRIMARY",
    "t6"."RATE_INTEREST_PRIVILEGED",
    "t6"."NAME_CASH_LOAN_PURPOSE",
    "t6"."NAME_CONTRACT_STATUS",
    "t6"."DAYS_DECISION",
    "t6"."NAME_PAYMENT_TYPE",
    "t6"."CODE_REJECT_REASON",
    "t6"."NAME_TYPE_SUITE",
    "t6"."NAME_CLIENT_TYPE",
    "t6"."NAME_GOODS_CATEGORY",
    "t6"."NAME_PORTFOLIO",
    "t6"."NAME_PRODUCT_TYPE",
    "t6"."CHANNEL_TYPE",
    "t6"."SELLERPLACE_AREA",
    "t6"."NAME_SELLER_INDUSTRY",
    "t6"."CNT_PAYMENT",
    "t6"."NAME_YIELD_GROUP",
    "t6"."PRODUCT_COMBINATION",
    "t6"."DAYS_FIRST_DRAWING",
    "t6"."DAYS_FIRST_DUE",
    "t6"."DAYS_LAST_DUE_1ST_VERSION",
    "t6"."DAYS_LAST_DUE",
    "t6"."DAYS_TERMINATION",
    "t6"."NFLAG_INSURED_ON_APPROVAL",
    "t6"."FLAG_NO_FIRST_DRAWING",
    "t6"."FLAG_NO_LAST_DUE",
    "t6"."FLAG_NO_TERMINATION",
    "t6"."source_file",
    "t6"."source_line",
    "t6"."newest",
    "t6"."oldest",
    "t6"."weight",
    "t4"."client_income",
    "t4"."credit_asked",
    "t4"."annuity_asked"
  FROM (
    SELECT
      "t3"."SK_ID_PREV",
      "t3"."SK_ID_CURR",
      "t3"."NAME_CONTRACT_TYPE",
      "t3"."AMT_ANNUITY",
      "t3"."AMT_APPLICATION",
      "t3"."AMT_CREDIT",
      "t3"."AMT_DOWN_PAYMENT",
      "t3"."AMT_GOODS_PRICE",
      "t3"."WEEKDAY_APPR_PROCESS_START",
      "t3"."HOUR_APPR_PROCESS_START",
      "t3"."FLAG_LAST_APPL_PER_CONTRACT",
      "t3"."NFLAG_LAST_APPL_IN_DAY",
      "t3"."RATE_DOWN_PAYMENT",
      "t3"."RATE_INTEREST_PRIMARY",
      "t3"."RATE_INTEREST_PRIVILEGED",
      "t3"."NAME_CASH_LOAN_PURPOSE",
      "t3"."NAME_CONTRACT_STATUS",
      "t3"."DAYS_DECISION",
      "t3"."NAME_PAYMENT_TYPE",
      "t3"."CODE_REJECT_REASON",
      "t3"."NAME_TYPE_SUITE",
      "t3"."NAME_CLIENT_TYPE",
      "t3"."NAME_GOODS_CATEGORY",
      "t3"."NAME_PORTFOLIO",
      "t3"."NAME_PRODUCT_TYPE",
      "t3"."CHANNEL_TYPE",
      "t3"."SELLERPLACE_AREA",
      "t3"."NAME_SELLER_INDUSTRY",
      "t3"."CNT_PAYMENT",
      "t3"."NAME_YIELD_GROUP",
      "t3"."PRODUCT_COMBINATION",
      "t3"."DAYS_FIRST_DRAWING",
      "t3"."DAYS_FIRST_DUE",
      "t3"."DAYS_LAST_DUE_1ST_VERSION",
      "t3"."DAYS_LAST_DUE",
      "t3"."DAYS_TERMINATION",
      "t3"."NFLAG_INSURED_ON_APPROVAL",
      "t3"."FLAG_NO_FIRST_DRAWING",
      "t3"."FLAG_NO_LAST_DUE",
      "t3"."FLAG_NO_TERMINATION",
      "t3"."source_file",
      "t3"."source_line",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_DECISION" DESC, "t3"."SK_ID_PREV" DESC
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "newest",
      (
        ROW_NUMBER() OVER (
          PARTITION BY "t3"."SK_ID_CURR"
          ORDER BY "t3"."DAYS_DECISION" ASC NULLS LAST, "t3"."SK_ID_PREV" ASC NULLS LAST
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) - 1
      ) + 1 AS "oldest",
      CASE
        WHEN (
          "t3"."DAYS_DECISION" + 1095
        ) > 0
        THEN "t3"."DAYS_DECISION" + 1095
        WHEN (
          "t3"."DAYS_DECISION" + 1095
        ) <= 0
        THEN 0
        ELSE NULL
      END AS "weight"
    FROM (
      SELECT
        *
      FROM "previous_application" AS "t0"
      WHERE
        "t0"."DAYS_DECISION" <= 0
    ) AS "t3"
  ) AS "t6"
  INNER JOIN (
    SELECT
      "t1"."SK_ID_CURR",
      "t1"."AMT_INCOME_TOTAL" AS "client_income",
      "t1"."AMT_CREDIT" AS "credit_asked",
      "t1"."AMT_ANNUITY" AS "annuity_asked"
    FROM "application" AS "t1"
  ) AS "t4"
    ON "t6"."SK_ID_CURR" = "t4"."SK_ID_CURR"
) AS "t7"
GROUP BY
  1;

-- installments_payments, duckdb
-- reads: installments_payments.DAYS_ENTRY_PAYMENT, installments_payments.DAYS_INSTALMENT, installments_payments.NUM_INSTALMENT_NUMBER
SELECT
  "t9"."SK_ID_CURR",
  CAST(SUM("t9"."late_days") FILTER(WHERE
    "t9"."begin" <= 0) AS DOUBLE) / NULLIF(CAST(SUM("t9"."n") FILTER(WHERE
    "t9"."begin" <= 0) AS DOUBLE), 0.0) AS "installments_late_days_mean_all",
  CAST(SUM("t9"."n_first_late") FILTER(WHERE
    "t9"."begin" <= 0) AS DOUBLE) / NULLIF(CAST(SUM("t9"."n_first") FILTER(WHERE
    "t9"."begin" <= 0) AS DOUBLE), 0.0) AS "installments_first_late_share_all"
FROM (
  SELECT
    "t8"."SK_ID_CURR",
    "t8"."begin",
    "t8"."n",
    "t8"."n_late",
    "t8"."n_late_week",
    "t8"."n_late_month",
    "t8"."n_first",
    "t8"."n_first_late",
    "t8"."n_early_week",
    "t8"."n_short",
    "t8"."n_parts",
    "t8"."late_days",
    "t8"."longest_delay",
    "t8"."early_days",
    "t8"."n_paid",
    "t8"."due",
    "t8"."largest_due",
    "t8"."weight",
    "t8"."weight_late",
    "t8"."weighted_late_days",
    "t8"."n_stated",
    "t8"."paid",
    "t8"."paid_in_time",
    "t8"."missing",
    "t8"."last_day",
    "t8"."last_late_day",
    "t8"."latest_delay",
    "t3"."client_income",
    "t3"."annuity_asked"
  FROM (
    SELECT
      "t6"."SK_ID_CURR",
      CASE
        WHEN "t6"."due_day" >= -60
        THEN -60
        WHEN "t6"."due_day" >= -90
        THEN -90
        WHEN "t6"."due_day" >= -180
        THEN -180
        WHEN "t6"."due_day" >= -365
        THEN -365
        WHEN "t6"."due_day" >= -730
        THEN -730
        ELSE -100000
      END AS "begin",
      COUNT(*) AS "n",
      COUNT(*) FILTER(WHERE
        "t6"."late_days" > 0) AS "n_late",
      COUNT(*) FILTER(WHERE
        "t6"."late_days" > 7) AS "n_late_week",
      COUNT(*) FILTER(WHERE
        "t6"."late_days" > 30) AS "n_late_month",
      COUNT(*) FILTER(WHERE
        "t6"."number" <= 3) AS "n_first",
      COUNT(*) FILTER(WHERE
        (
          "t6"."number" <= 3
        ) AND (
          "t6"."late_days" > 0
        )) AS "n_first_late",
      COUNT(*) FILTER(WHERE
        "t6"."early_days" > 7) AS "n_early_week",
      COUNT(*) FILTER(WHERE
        "t6"."missing" > 0) AS "n_short",
      COUNT(*) FILTER(WHERE
        "t6"."payments" > 1) AS "n_parts",
      SUM("t6"."late_days") AS "late_days",
      MAX("t6"."late_days") AS "longest_delay",
      SUM("t6"."early_days") AS "early_days",
      COUNT("t6"."early_days") AS "n_paid",
      SUM("t6"."due") AS "due",
      MAX("t6"."due") AS "largest_due",
      SUM(
        CASE
          WHEN (
            "t6"."due_day" + 1095
          ) > 0
          THEN "t6"."due_day" + 1095
          WHEN (
            "t6"."due_day" + 1095
          ) <= 0
          THEN 0
          ELSE NULL
        END
      ) AS "weight",
      SUM(
        CASE
          WHEN (
            "t6"."due_day" + 1095
          ) > 0
          THEN "t6"."due_day" + 1095
          WHEN (
            "t6"."due_day" + 1095
          ) <= 0
          THEN 0
          ELSE NULL
        END
      ) FILTER(WHERE
        "t6"."late_days" > 0) AS "weight_late",
      SUM(
        CASE
          WHEN (
            "t6"."due_day" + 1095
          ) > 0
          THEN "t6"."due_day" + 1095
          WHEN (
            "t6"."due_day" + 1095
          ) <= 0
          THEN 0
          ELSE NULL
        END * "t6"."late_days"
      ) AS "weighted_late_days",
      COUNT("t6"."due") AS "n_stated",
      SUM("t6"."paid") AS "paid",
      SUM("t6"."paid_in_time") AS "paid_in_time",
      SUM("t6"."missing") AS "missing",
      MAX("t6"."due_day") AS "last_day",
      MAX("t6"."due_day") FILTER(WHERE
        "t6"."late_days" > 0) AS "last_late_day",
      MAX(
        (
          "t6"."due_day" * 100000
        ) + CASE
          WHEN "t6"."late_days" >= 100000
          THEN 99999
          WHEN "t6"."late_days" > 0
          THEN "t6"."late_days"
          WHEN "t6"."late_days" <= 0
          THEN 0
          ELSE NULL
        END
      ) FILTER(WHERE
        "t6"."due_day" IS NOT NULL) - (
        MAX("t6"."due_day") FILTER(WHERE
          (
            "t6"."due_day" IS NOT NULL
          ) AND (
            "t6"."late_days" IS NOT NULL
          )) * 100000
      ) AS "latest_delay"
    FROM (
      SELECT
        "t5"."SK_ID_CURR",
        "t5"."due",
        "t5"."paid",
        "t5"."paid_in_time",
        "t5"."payments",
        "t5"."NUM_INSTALMENT_NUMBER" AS "number",
        "t5"."DAYS_INSTALMENT" AS "due_day",
        CASE
          WHEN (
            COALESCE("t5"."paid_day", 0) - "t5"."DAYS_INSTALMENT"
          ) > 0
          THEN COALESCE("t5"."paid_day", 0) - "t5"."DAYS_INSTALMENT"
          WHEN (
            COALESCE("t5"."paid_day", 0) - "t5"."DAYS_INSTALMENT"
          ) <= 0
          THEN 0
          ELSE NULL
        END AS "late_days",
        CASE
          WHEN (
            "t5"."DAYS_INSTALMENT" - "t5"."paid_day"
          ) > 0
          THEN "t5"."DAYS_INSTALMENT" - "t5"."paid_day"
          WHEN (
            "t5"."DAYS_INSTALMENT" - "t5"."paid_day"
          ) <= 0
          THEN 0
          ELSE NULL
        END AS "early_days",
        CASE
          WHEN (
            "t5"."due" - "t5"."paid"
          ) > 0
          THEN "t5"."due" - "t5"."paid"
          WHEN (
            "t5"."due" - "t5"."paid"
          ) <= 0
          THEN 0
          ELSE NULL
        END AS "missing"
      FROM (
        SELECT
          "t4"."SK_ID_CURR",
          "t4"."SK_ID_PREV",
          "t4"."NUM_INSTALMENT_VERSION",
          "t4"."NUM_INSTALMENT_NUMBER",
          "t4"."DAYS_INSTALMENT",
          MAX("t4"."AMT_INSTALMENT") AS "due",
          COALESCE(SUM("t4"."AMT_PAYMENT"), 0) AS "paid",
          COALESCE(
            SUM("t4"."AMT_PAYMENT") FILTER(WHERE
              "t4"."DAYS_ENTRY_PAYMENT" <= "t4"."DAYS_INSTALMENT"),
            0
          ) AS "paid_in_time",
          MAX("t4"."DAYS_ENTRY_PAYMENT") AS "paid_day",
          COUNT("t4"."AMT_PAYMENT") AS "payments"
        FROM (
          SELECT
            *
          FROM "installments_payments" AS "t1"
          WHERE
            COALESCE("t1"."DAYS_ENTRY_PAYMENT", "t1"."DAYS_INSTALMENT") <= 0
        ) AS "t4"
        GROUP BY
          1,
          2,
          3,
          4,
          5
      ) AS "t5"
      WHERE
        "t5"."DAYS_INSTALMENT" <= 0
    ) AS "t6"
    GROUP BY
      1,
      2
  ) AS "t8"
  INNER JOIN (
    SELECT
      "t0"."SK_ID_CURR",
      "t0"."AMT_INCOME_TOTAL" AS "client_income",
      "t0"."AMT_ANNUITY" AS "annuity_asked"
    FROM "application" AS "t0"
  ) AS "t3"
    ON "t8"."SK_ID_CURR" = "t3"."SK_ID_CURR"
) AS "t9"
GROUP BY
  1;

-- installments_payments, sqlite
-- reads: installments_payments.DAYS_ENTRY_PAYMENT, installments_payments.DAYS_INSTALMENT, installments_payments.NUM_INSTALMENT_NUMBER
SELECT
  "t9"."SK_ID_CURR",
  CAST(SUM("t9"."late_days") FILTER(WHERE
    "t9"."begin" <= 0) AS REAL) / NULLIF(CAST(SUM("t9"."n") FILTER(WHERE
    "t9"."begin" <= 0) AS REAL), 0.0) AS "installments_late_days_mean_all",
  CAST(SUM("t9"."n_first_late") FILTER(WHERE
    "t9"."begin" <= 0) AS REAL) / NULLIF(CAST(SUM("t9"."n_first") FILTER(WHERE
    "t9"."begin" <= 0) AS REAL), 0.0) AS "installments_first_late_share_all"
FROM (
  SELECT
    "t8"."SK_ID_CURR",
    "t8"."begin",
    "t8"."n",
    "t8"."n_late",
    "t8"."n_late_week",
    "t8"."n_late_month",
    "t8"."n_first",
    "t8"."n_first_late",
    "t8"."n_early_week",
    "t8"."n_short",
    "t8"."n_parts",
    "t8"."late_days",
    "t8"."longest_delay",
    "t8"."early_days",
    "t8"."n_paid",
    "t8"."due",
    "t8"."largest_due",
    "t8"."weight",
    "t8"."weight_late",
    "t8"."weighted_late_days",
    "t8"."n_stated",
    "t8"."paid",
    "t8"."paid_in_time",
    "t8"."missing",
    "t8"."last_day",
    "t8"."last_late_day",
    "t8"."latest_delay",
    "t3"."client_income",
    "t3"."annuity_asked"
  FROM (
    SELECT
      "t6"."SK_ID_CURR",
      CASE
        WHEN "t6"."due_day" >= -60
        THEN -60
        WHEN "t6"."due_day" >= -90
        THEN -90
        WHEN "t6"."due_day" >= -180
        THEN -180
        WHEN "t6"."due_day" >= -365
        THEN -365
        WHEN "t6"."due_day" >= -730
        THEN -730
        ELSE -100000
      END AS "begin",
      COUNT(*) AS "n",
      COUNT(*) FILTER(WHERE
        "t6"."late_days" > 0) AS "n_late",
      COUNT(*) FILTER(WHERE
        "t6"."late_days" > 7) AS "n_late_week",
      COUNT(*) FILTER(WHERE
        "t6"."late_days" > 30) AS "n_late_month",
      COUNT(*) FILTER(WHERE
        "t6"."number" <= 3) AS "n_first",
      COUNT(*) FILTER(WHERE
        (
          "t6"."number" <= 3
        ) AND (
          "t6"."late_days" > 0
        )) AS "n_first_late",
      COUNT(*) FILTER(WHERE
        "t6"."early_days" > 7) AS "n_early_week",
      COUNT(*) FILTER(WHERE
        "t6"."missing" > 0) AS "n_short",
      COUNT(*) FILTER(WHERE
        "t6"."payments" > 1) AS "n_parts",
      SUM("t6"."late_days") AS "late_days",
      MAX("t6"."late_days") AS "longest_delay",
      SUM("t6"."early_days") AS "early_days",
      COUNT("t6"."early_days") AS "n_paid",
      SUM("t6"."due") AS "due",
      MAX("t6"."due") AS "largest_due",
      SUM(
        CASE
          WHEN (
            "t6"."due_day" + 1095
          ) > 0
          THEN "t6"."due_day" + 1095
          WHEN (
            "t6"."due_day" + 1095
          ) <= 0
          THEN 0
          ELSE NULL
        END
      ) AS "weight",
      SUM(
        CASE
          WHEN (
            "t6"."due_day" + 1095
          ) > 0
          THEN "t6"."due_day" + 1095
          WHEN (
            "t6"."due_day" + 1095
          ) <= 0
          THEN 0
          ELSE NULL
        END
      ) FILTER(WHERE
        "t6"."late_days" > 0) AS "weight_late",
      SUM(
        CASE
          WHEN (
            "t6"."due_day" + 1095
          ) > 0
          THEN "t6"."due_day" + 1095
          WHEN (
            "t6"."due_day" + 1095
          ) <= 0
          THEN 0
          ELSE NULL
        END * "t6"."late_days"
      ) AS "weighted_late_days",
      COUNT("t6"."due") AS "n_stated",
      SUM("t6"."paid") AS "paid",
      SUM("t6"."paid_in_time") AS "paid_in_time",
      SUM("t6"."missing") AS "missing",
      MAX("t6"."due_day") AS "last_day",
      MAX("t6"."due_day") FILTER(WHERE
        "t6"."late_days" > 0) AS "last_late_day",
      MAX(
        (
          "t6"."due_day" * 100000
        ) + CASE
          WHEN "t6"."late_days" >= 100000
          THEN 99999
          WHEN "t6"."late_days" > 0
          THEN "t6"."late_days"
          WHEN "t6"."late_days" <= 0
          THEN 0
          ELSE NULL
        END
      ) FILTER(WHERE
        "t6"."due_day" IS NOT NULL) - (
        MAX("t6"."due_day") FILTER(WHERE
          (
            "t6"."due_day" IS NOT NULL
          ) AND (
            "t6"."late_days" IS NOT NULL
          )) * 100000
      ) AS "latest_delay"
    FROM (
      SELECT
        "t5"."SK_ID_CURR",
        "t5"."due",
        "t5"."paid",
        "t5"."paid_in_time",
        "t5"."payments",
        "t5"."NUM_INSTALMENT_NUMBER" AS "number",
        "t5"."DAYS_INSTALMENT" AS "due_day",
        CASE
          WHEN (
            COALESCE("t5"."paid_day", 0) - "t5"."DAYS_INSTALMENT"
          ) > 0
          THEN COALESCE("t5"."paid_day", 0) - "t5"."DAYS_INSTALMENT"
          WHEN (
            COALESCE("t5"."paid_day", 0) - "t5"."DAYS_INSTALMENT"
          ) <= 0
          THEN 0
          ELSE NULL
        END AS "late_days",
        CASE
          WHEN (
            "t5"."DAYS_INSTALMENT" - "t5"."paid_day"
          ) > 0
          THEN "t5"."DAYS_INSTALMENT" - "t5"."paid_day"
          WHEN (
            "t5"."DAYS_INSTALMENT" - "t5"."paid_day"
          ) <= 0
          THEN 0
          ELSE NULL
        END AS "early_days",
        CASE
          WHEN (
            "t5"."due" - "t5"."paid"
          ) > 0
          THEN "t5"."due" - "t5"."paid"
          WHEN (
            "t5"."due" - "t5"."paid"
          ) <= 0
          THEN 0
          ELSE NULL
        END AS "missing"
      FROM (
        SELECT
          "t4"."SK_ID_CURR",
          "t4"."SK_ID_PREV",
          "t4"."NUM_INSTALMENT_VERSION",
          "t4"."NUM_INSTALMENT_NUMBER",
          "t4"."DAYS_INSTALMENT",
          MAX("t4"."AMT_INSTALMENT") AS "due",
          COALESCE(SUM("t4"."AMT_PAYMENT"), 0) AS "paid",
          COALESCE(
            SUM("t4"."AMT_PAYMENT") FILTER(WHERE
              "t4"."DAYS_ENTRY_PAYMENT" <= "t4"."DAYS_INSTALMENT"),
            0
          ) AS "paid_in_time",
          MAX("t4"."DAYS_ENTRY_PAYMENT") AS "paid_day",
          COUNT("t4"."AMT_PAYMENT") AS "payments"
        FROM (
          SELECT
            *
          FROM "installments_payments" AS "t1"
          WHERE
            COALESCE("t1"."DAYS_ENTRY_PAYMENT", "t1"."DAYS_INSTALMENT") <= 0
        ) AS "t4"
        GROUP BY
          1,
          2,
          3,
          4,
          5
      ) AS "t5"
      WHERE
        "t5"."DAYS_INSTALMENT" <= 0
    ) AS "t6"
    GROUP BY
      1,
      2
  ) AS "t8"
  INNER JOIN (
    SELECT
      "t0"."SK_ID_CURR",
      "t0"."AMT_INCOME_TOTAL" AS "client_income",
      "t0"."AMT_ANNUITY" AS "annuity_asked"
    FROM "application" AS "t0"
  ) AS "t3"
    ON "t8"."SK_ID_CURR" = "t3"."SK_ID_CURR"
) AS "t9"
GROUP BY
  1;

-- application_extra, duckdb
-- reads: application.BureauScore, application.segment
SELECT
  "t0"."SK_ID_CURR",
  "t0"."BureauScore" AS "application_extra_bureauscore",
  "t0"."segment" AS "application_extra_segment"
FROM "application" AS "t0";

-- application_extra, sqlite
-- reads: application.BureauScore, application.segment
SELECT
  "t0"."SK_ID_CURR",
  "t0"."BureauScore" AS "application_extra_bureauscore",
  "t0"."segment" AS "application_extra_segment"
FROM "application" AS "t0";
