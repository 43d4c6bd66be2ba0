"""Words of the public data: those that mean "no value", and the known values of each category.

A value that is not listed is legal and counted as a warning, unless its column is closed.
"""

NO_WORD = ("XNA", "XAP")
"""Words of the lender for "not available" and "not applicable"."""

NO_DATE = ("365243",)
"""A thousand years: the lender's word for "no such date"."""

CONTRACT_TYPES = ("Cash loans", "Revolving loans")
GENDERS = ("F", "M")
YES_NO = ("N", "Y")
COMPANIONS = ("Unaccompanied", "Family", "Spouse, partner", "Children", "Other_B", "Other_A", "Group of people")
INCOME_TYPES = (
    "Businessman",
    "Commercial associate",
    "Maternity leave",
    "Pensioner",
    "State servant",
    "Student",
    "Unemployed",
    "Working",
)
EDUCATIONS = (
    "Academic degree",
    "Higher education",
    "Incomplete higher",
    "Lower secondary",
    "Secondary / secondary special",
)
FAMILY_STATUSES = ("Civil marriage", "Married", "Separated", "Single / not married", "Unknown", "Widow")
HOUSINGS = (
    "Co-op apartment",
    "House / apartment",
    "Municipal apartment",
    "Office apartment",
    "Rented apartment",
    "With parents",
)
OCCUPATIONS = (
    "Accountants",
    "Cleaning staff",
    "Cooking staff",
    "Core staff",
    "Drivers",
    "HR staff",
    "High skill tech staff",
    "IT staff",
    "Laborers",
    "Low-skill Laborers",
    "Managers",
    "Medicine staff",
    "Private service staff",
    "Realty agents",
    "Sales staff",
    "Secretaries",
    "Security staff",
    "Waiters/barmen staff",
)
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
ORGANIZATIONS = (
    "Advertising",
    "Agriculture",
    "Bank",
    "Business Entity Type 1",
    "Business Entity Type 2",
    "Business Entity Type 3",
    "Cleaning",
    "Construction",
    "Culture",
    "Electricity",
    "Emergency",
    "Government",
    "Hotel",
    "Housing",
    "Industry: type 1",
    "Industry: type 10",
    "Industry: type 11",
    "Industry: type 12",
    "Industry: type 13",
    "Industry: type 2",
    "Industry: type 3",
    "Industry: type 4",
    "Industry: type 5",
    "Industry: type 6",
    "Industry: type 7",
    "Industry: type 8",
    "Industry: type 9",
    "Insurance",
    "Kindergarten",
    "Legal Services",
    "Medicine",
    "Military",
    "Mobile",
    "Other",
    "Police",
    "Postal",
    "Realtor",
    "Religion",
    "Restaurant",
    "School",
    "Security",
    "Security Ministries",
    "Self-employed",
    "Services",
    "Telecom",
    "Trade: type 1",
    "Trade: type 2",
    "Trade: type 3",
    "Trade: type 4",
    "Trade: type 5",
    "Trade: type 6",
    "Trade: type 7",
    "Transport: type 1",
    "Transport: type 2",
    "Transport: type 3",
    "Transport: type 4",
    "University",
)
REPAIR_FUNDS = ("not specified", "org spec account", "reg oper account", "reg oper spec account")
HOUSE_TYPES = ("block of flats", "specific housing", "terraced house")
WALLS = ("Block", "Mixed", "Monolithic", "Others", "Panel", "Stone, brick", "Wooden")
EMERGENCY_STATES = ("No", "Yes")
CARD_STATUSES = ("Active", "Approved", "Completed", "Demand", "Refused", "Sent proposal", "Signed")
CREDIT_STATES = ("Active", "Bad debt", "Closed", "Sold")
CURRENCIES = ("currency 1", "currency 2", "currency 3", "currency 4")
CREDIT_TYPES = (
    "Another type of loan",
    "Car loan",
    "Cash loan (non-earmarked)",
    "Consumer credit",
    "Credit card",
    "Interbank credit",
    "Loan for business development",
    "Loan for purchase of shares (margin lending)",
    "Loan for the purchase of equipment",
    "Loan for working capital replenishment",
    "Microloan",
    "Mobile operator loan",
    "Mortgage",
    "Real estate loan",
    "Unknown type of loan",
)
PREVIOUS_CONTRACT_TYPES = ("Cash loans", "Consumer loans", "Revolving loans")
PURPOSES = (
    "Building a house or an annex",
    "Business development",
    "Buying a garage",
    "Buying a holiday home / land",
    "Buying a home",
    "Buying a new car",
    "Buying a used car",
    "Car repairs",
    "Education",
    "Everyday expenses",
    "Furniture",
    "Gasification / water supply",
    "Hobby",
    "Journey",
    "Medicine",
    "Money for a third person",
    "Other",
    "Payments on other loans",
    "Purchase of electronic equipment",
    "Refusal to name the goal",
    "Repairs",
    "Urgent needs",
    "Wedding / gift / holiday",
)
DECISIONS = ("Approved", "Canceled", "Refused", "Unused offer")
PAYMENT_TYPES = ("Cash through the bank", "Cashless from the account of the employer", "Non-cash from your account")
REJECT_REASONS = ("CLIENT", "HC", "LIMIT", "SCO", "SCOFR", "SYSTEM", "VERIF")
CLIENT_TYPES = ("New", "Refreshed", "Repeater")
GOODS = (
    "Additional Service",
    "Animals",
    "Audio/Video",
    "Auto Accessories",
    "Clothing and Accessories",
    "Computers",
    "Construction Materials",
    "Consumer Electronics",
    "Direct Sales",
    "Education",
    "Fitness",
    "Furniture",
    "Gardening",
    "Homewares",
    "House Construction",
    "Insurance",
    "Jewelry",
    "Medical Supplies",
    "Medicine",
    "Mobile",
    "Office Appliances",
    "Other",
    "Photo / Cinema Equipment",
    "Sport and Leisure",
    "Tourism",
    "Vehicles",
    "Weapon",
)
PORTFOLIOS = ("Cards", "Cars", "Cash", "POS")
PRODUCT_TYPES = ("walk-in", "x-sell")
CHANNELS = (
    "AP+ (Cash loan)",
    "Car dealer",
    "Channel of corporate sales",
    "Contact center",
    "Country-wide",
    "Credit and cash offices",
    "Regional / Local",
    "Stone",
)
SELLER_INDUSTRIES = (
    "Auto technology",
    "Clothing",
    "Connectivity",
    "Construction",
    "Consumer electronics",
    "Furniture",
    "Industry",
    "Jewelry",
    "MLM partners",
    "Tourism",
)
YIELD_GROUPS = ("middle", "high", "low_normal", "low_action")
PRODUCTS = (
    "Card Street",
    "Card X-Sell",
    "Cash",
    "Cash Street: high",
    "Cash Street: low",
    "Cash Street: middle",
    "Cash X-Sell: high",
    "Cash X-Sell: low",
    "Cash X-Sell: middle",
    "POS household with interest",
    "POS household without interest",
    "POS industry with interest",
    "POS industry without interest",
    "POS mobile with interest",
    "POS mobile without interest",
    "POS other with interest",
    "POS others without interest",
)
POS_STATUSES = (
    "Active",
    "Amortized debt",
    "Approved",
    "Canceled",
    "Completed",
    "Demand",
    "Returned to the store",
    "Signed",
)
MONTH_STATUSES = ("C", "X", "0", "1", "2", "3", "4", "5")
"""Closed, unknown, or how late: 0 not at all, 1 up to 30 days, 2 to 60, 3 to 90, 4 to 120, 5 beyond or written off."""
