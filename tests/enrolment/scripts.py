"""Names of people in English schools, in the scripts in which they are written."""

from typing import Final

# Script: given name, family name.
NAMES: Final = {
    "Latin": ("Zoë", "Łukaszewska-Đorđević"),
    "Vietnamese": ("Thị Hương", "Nguyễn"),
    "Greek": ("Ελένη", "Παπαδοπούλου"),
    "Cyrillic": ("Анна", "Щербакова"),
    "Hebrew": ("שרה", "כהן"),
    "Arabic": ("فاطمة", "الزهراء"),
    "Persian": ("علی\u200cرضا", "گیلانی"),
    "Urdu": ("ٹیپو", "چغتائی"),
    "Chinese": ("小明", "王"),
    "Japanese": ("さくら", "田中"),
    "Korean": ("민지", "김"),
    "Devanagari": ("प्रिया", "शर्मा"),
    "Bengali": ("অনিতা", "চট্টোপাধ্যায়"),
    "Gurmukhi": ("ਗੁਰਪ੍ਰੀਤ", "ਸਿੰਘ"),
    "Gujarati": ("પ્રિયા", "પટેલ"),
    "Tamil": ("தமிழ்ச்செல்வி", "கிருஷ்ணன்"),
    "Telugu": ("శ్రీనివాస్", "రెడ్డి"),
    "Kannada": ("ಕಾವ್ಯ", "ರಾವ್"),
    "Malayalam": ("ലക്ഷ്മി", "നായർ"),
    "Sinhala": ("ශ්\u200dරියානි", "පෙරේරා"),
    "Thai": ("สมชาย", "ใจดี"),
    "Lao": ("ວຽງ", "ພົມມະຈັນ"),
    "Khmer": ("សុខា", "ចាន់"),
    "Burmese": ("အောင်", "ဆန်း"),
    "Tibetan": ("བསྟན་འཛིན", "རྒྱ་མཚོ"),
    "Georgian": ("ნინო", "ბერიძე"),
    "Armenian": ("Անահիտ", "Պետրոսյան"),
    "Ethiopic": ("ሰላም", "ተስፋዬ"),
}

# Those that the fonts inside Typst have.
ALWAYS_PRINTED: Final = {"Latin", "Vietnamese", "Greek", "Cyrillic", "Hebrew", "Arabic", "Persian"}
