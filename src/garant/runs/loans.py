"""What the applicants of accepted tables ask for."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from garant.models.loans import Loans
from garant.models.product_cutoffs import PRODUCT
from garant.tables.accepted import AcceptedTables
from garant.tables.columns import THOUSANDTHS


def loans_of(accepted: AcceptedTables, ids: npt.NDArray[np.int64]) -> Loans:
    """Loans that the applicants `ids` ask for, in the order of `ids`."""
    columns = ["SK_ID_CURR", PRODUCT, "AMT_CREDIT"]
    found = pa.concat_tables([pq.read_table(file, columns=columns) for file in accepted.files["application"]])
    found = found.sort_by("SK_ID_CURR")
    rows = np.searchsorted(found.column("SK_ID_CURR").to_numpy(), ids)
    product = found.column(PRODUCT).to_numpy()
    credit = found.column("AMT_CREDIT").to_numpy().astype(np.float64)
    return Loans(product.astype(object)[rows], credit[rows] / THOUSANDTHS)
