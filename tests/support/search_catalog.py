"""A small catalogue for search tests, with words in five languages, Russian and Burmese."""

from __future__ import annotations

from functools import cache

from kiosk.catalog.model import Catalog, Category, City, Service, SurveyPlan
from kiosk.search.index import Index, build

# id, name, summary, category, former names, keywords by language (phrases parted by ;)
_ROWS: list[tuple[str, str, str, str, str, dict[str, str]]] = [
    (
        "missed",
        "Report a missed collection",
        "Tell us when your cart was not emptied.",
        "waste",
        "",
        {
            "en": "trash not picked up; they skipped my house",
            "es": "no recogieron la basura; no pasó el camión",
            "vi": "không lấy rác; xe rác không tới",
            "zh_Hans": "没收垃圾; 垃圾车没来",
            "ar": "لم يأخذوا النفايات; الزبالة",
            "ru": "не вывезли мусор",
            "my": "အမှိုက် မသိမ်းဘူး",
        },
    ),
    (
        "bulky",
        "Bulky item pickup",
        "We collect large things from the curb.",
        "waste",
        "Heavy haul",
        {
            "en": "old couch; mattress; get rid of a refrigerator",
            "es": "sofá viejo; colchón",
            "vi": "ghế sofa cũ; bỏ nệm",
            "zh_Hans": "旧沙发; 床垫",
            "ar": "كنبة قديمة; فرشة",
        },
    ),
    (
        "water_bill",
        "Pay a utility bill",
        "Pay for water, sewer and trash.",
        "money",
        "",
        {
            "en": "water bill; pay my bill",
            "es": "pagar el agua; factura del agua",
            "vi": "trả tiền nước; hóa đơn nước",
            "zh_Hans": "交水费; 水费单",
            "ar": "فاتورة الماء; دفع الفواتير",
        },
    ),
    (
        "pothole",
        "Report a pothole",
        "A hole in a City street.",
        "street",
        "",
        {
            "en": "hole in the road; bad road",
            "es": "bache; hoyo en la calle",
            "vi": "ổ gà; đường hư",
            "zh_Hans": "路上有坑; 路面坏了",
            "ar": "حفرة في الشارع; مطب",
        },
    ),
    (
        "street_light",
        "Report a street light that is out",
        "The light pole on your street is dark.",
        "street",
        "",
        {
            "en": "street lamp; dark street",
            "es": "luz de la calle; poste de luz",
            "vi": "đèn đường hư; đường tối",
            "zh_Hans": "路灯坏了; 街上太黑",
            "ar": "ضوء الشارع; لمبة الشارع",
        },
    ),
    (
        "dog_license",
        "Pet license",
        "Every dog and cat needs one.",
        "animals",
        "",
        {
            "en": "dog tag; register my dog",
            "es": "placa del perro; registrar mi perro",
            "vi": "đăng ký chó; thẻ cho chó",
            "zh_Hans": "狗牌; 给狗登记",
            "ar": "رخصة كلب; تسجيل القطط",
        },
    ),
    (
        "lost_dog",
        "Find a lost pet",
        "See the animals at the shelter.",
        "animals",
        "",
        {
            "en": "my dog is missing; guard dog ran away",
            "es": "perro perdido; se perdió mi gato",
            "vi": "mất chó; lạc mèo",
            "zh_Hans": "狗丢了; 猫不见了",
            "ar": "كلب ضائع; ضاع كلبي",
        },
    ),
    (
        "tree",
        "Report a fallen tree",
        "A tree or a limb lies in the street.",
        "street",
        "",
        {
            "en": "tree limb; fence around a tree",
            "es": "árbol caído; rama en la calle",
            "vi": "cây ngã; cành cây",
            "zh_Hans": "树倒了; 树枝",
            "ar": "شجرة واقعة; غصن",
        },
    ),
    (
        "birth",
        "Birth certificate",
        "The State, not the City, issues it.",
        "papers",
        "",
        {
            "en": "copy of my birth certificate; birth record",
            "es": "acta de nacimiento; partida de nacimiento",
            "vi": "giấy khai sinh; bản sao khai sinh",
            "zh_Hans": "出生证明; 出生纸",
            "ar": "شهادة ميلاد; قيد ميلاد",
            "ru": "свидетельство о рождении",
        },
    ),
    (
        "passport",
        "Passport",
        "Apply at the post office.",
        "papers",
        "",
        {
            "en": "travel document",
            "es": "pasaporte; viajar",
            "vi": "hộ chiếu; đi nước ngoài",
            "zh_Hans": "护照; 出国",
            "ar": "جواز سفر; باسبور",
        },
    ),
    (
        "parking_ticket",
        "Pay a parking ticket",
        "Pay for parking where it is not allowed.",
        "money",
        "",
        {
            "en": "parking fine; orange envelope on my windshield",
            "es": "multa de estacionamiento; multa del carro",
            "vi": "vé phạt đậu xe; giấy phạt",
            "zh_Hans": "停车罚单; 罚款",
            "ar": "مخالفة وقوف; غرامة",
            "ru": "штраф за парковку",
        },
    ),
    (
        "call_311",
        "Ask 311",
        "Any question about the City.",
        "papers",
        "",
        {
            "en": "311; talk to a person; form w-9",
            "es": "tengo una pregunta; 311",
            "vi": "hỏi thành phố; rắc rối",
            "zh_Hans": "咨询; 打电话",
            "ar": "سؤال; 311",
        },
    ),
]
_CATEGORIES = {
    "waste": "My trash",
    "money": "Bills and payments",
    "street": "My street",
    "animals": "Animals",
    "papers": "Papers and help",
}


def phrases(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())


def service(id: str, name: str, summary: str = "", category: str = "waste", **keywords: str) -> Service:
    """A service with nothing but what search looks at; keywords by language, parted by `;`."""
    words = {language: phrases(text) for language, text in keywords.items()}
    return Service(id, name, summary, category, "", "2026-11-22", "high", keywords=words)


def catalog(*services: Service) -> Catalog:
    """A catalogue of these services; without any, of the twelve above."""
    if not services:
        services = tuple(
            Service(
                id,
                name,
                summary,
                category,
                "",
                "2026-11-22",
                "high",
                former_names=phrases(former),
                keywords=by,
            )
            for id, name, summary, category, former, words in _ROWS
            for by in [{language: phrases(text) for language, text in words.items()}]
        )
    categories = tuple(Category(id, name) for id, name in _CATEGORIES.items())
    return Catalog(City("Anytown", ""), categories, (), (), (), (), SurveyPlan("s", 1, 4, ()), services)


@cache
def index() -> Index:
    """The twelve services, indexed once for all tests."""
    return build(catalog(), {})
