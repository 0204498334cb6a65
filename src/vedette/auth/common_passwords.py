"""The passwords that are tried first by everybody who tries; only those that the length rule lets through."""

from __future__ import annotations

from typing import Final

_TEXT: Final = """
0123456789 0987654321 1111111111 0000000000 1122334455 1212121212 123123123123 12345678900 1234567890 12345678901
123456789012 123456789a 123456789q 1234512345 1234554321 123qwe123qwe 147258369 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc
1qazxsw23edc 2222222222 5555555555 7777777777 9876543210 9999999999 a123456789 a1b2c3d4e5 aa12345678 aaaaaaaaaa
abc123abc123 abcd123456 abcdefghij abcdefghijk access14access adgjmptw123 admin12345 admin123456 admin1234567
adminadmin administrator asdfasdfasdf asdfghjkl1 asdfghjkl123 asdfghjkl; asdfghjklqwerty australia1 basketball
basketball1 butterfly1 changeme12 changeme123 changemenow charlie123 chocolate1 computer123 correcthorse
correcthorsebatterystaple default123 dragon12345 engineering facebook123 football123 football12 grafana123
grafanaadmin hello12345 helloworld helloworld1 ihateyou123 iloveyou12 iloveyou123 iloveyou1234 iloveyou12345
iloveyouso jordan1234 jennifer123 letmein123 letmein1234 letmein12345 letmeinnow liverpool1 liverpool123 loveyou123
manchester manchester1 master12345 michael123 michelle123 monitoring monitoring1 monkey12345 mynoob12345 mypassword
mypassword1 nopassword passw0rd12 passw0rd123 passwd12345 password00 password01 password10 password11 password12
password123 password1234 password12345 password2020 password2021 password2022 password2023 password2024 password2025
password2026 password!! passwordpassword pa55word123 p@ssw0rd12 p@ssw0rd123 p@ssword123 princess123 prometheus
prometheus1 qazwsxedc1 qazwsxedc123 qazwsxedcrfv qwer123456 qwerasdfzxcv qwerty1234 qwerty12345 qwerty123456
qwertyqwerty qwertyuiop qwertyuiop1 qwertyuiop123 qwertyuiop[] q1w2e3r4t5 q1w2e3r4t5y6 root123456 rootroot12
secret1234 secret12345 secretsecret sunshine12 sunshine123 superman123 test123456 testtest12 testtest123 testing123
testpassword trustno1trustno1 universal1 unknown123 vedette123 vedettevedette welcome123 welcome1234 welcome12345
welcome2024 welcome2025 welcome2026 whatever12 whatever123 william123 xxxxxxxxxx youtube123 zaq12wsxcde3 zaq1zaq1zaq1
zaqwsxcde1 zxcvbnm123 zxcvbnm1234 zxcvbnmasdfghjkl zzzzzzzzzz
"""

COMMON_PASSWORDS: Final = frozenset(_TEXT.split())
