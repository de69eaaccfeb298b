#!/usr/bin/env python3
"""Writes sample.log, the log that comes with the program: two hours of an invented web shop around a deploy.

    python3 sample.py > sample.log

Six services write in three styles: an access log, Java, Python. At 19:10 a new release of `payment` goes out. From then on
charges time out with errors that were never there before, orders fail behind it, and the checks of the edge go red; at
19:48 it is rolled back, and the errors stop. The same seed gives the same bytes, on every version of Python from 3.6.
"""

START = 18 * 3600  # seconds of the day
MINUTES = 120
DEPLOY, ROLLBACK = 70, 108
DAY = "2026-03-12"


class Random:
    """A generator of our own: Python promises the same numbers for a seed only for some of its methods."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        x = self.state
        x = ((x >> ((x >> 59) + 5)) ^ x) * 12605985483714917081 % 2**64
        return (x >> 43) ^ x

    def below(self, n):
        return self.bits() % 2**32 * n >> 32

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def pick(self, items):
        return items[self.below(len(items))]

    def chance(self, percent):
        return self.below(10000) < percent * 100

    def hex(self, digits):
        return "%0*x" % (digits, self.bits() * 2**64 + self.bits() & 16**digits - 1)


r = Random(20260312)
lines = []


def clock(at):
    ms = int(at * 1000)
    s = START + ms // 1000
    return "%02d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60), ms % 1000


def access(at, method, path, status, size, ms):
    hms, _ = clock(at)
    ip = "203.0.113.%d" % r.between(2, 250)
    agent = r.pick(["Mozilla/5.0 (X11)", "Mozilla/5.0 (iPhone)", "shop-app/7.4.1"])
    lines.append((at, '%s - - [12/Mar/2026:%s +0000] "%s %s HTTP/2.0" %d %d "-" "%s" %.3f'
                  % (ip, hms, method, path, status, size, agent, ms / 1000)))


def java(at, level, service, logger, message, trace=()):
    hms, ms = clock(at)
    head = "%sT%s.%03dZ %5s 1 --- [%s] [exec-%d] c.s.%s : %s" % (DAY, hms, ms, level, service, r.between(1, 8), logger, message)
    lines.append((at, "\n".join((head,) + tuple(trace))))


def python(at, level, service, module, message, trace=()):
    hms, ms = clock(at)
    head = "%s %s,%03d - %s.%s - %s - %s" % (DAY, hms, ms, service, module, level, message)
    lines.append((at, "\n".join((head,) + tuple(trace))))


def order():
    return "ord-%d" % r.between(810000, 829999)


def charge_timed_out(ms):
    return (
        "com.shop.payment.GatewayTimeoutException: no answer from gw-eu-2 within %d ms" % ms,
        "\tat com.shop.payment.GatewayClient.charge(GatewayClient.java:118)",
        "\tat com.shop.payment.ChargeService.settle(ChargeService.java:64)",
        "\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1144)",
        "Caused by: java.net.SocketTimeoutException: Read timed out",
        "\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)",
        "\t... 7 more",
    )


def feed_broken(sku):
    return (
        "Traceback (most recent call last):",
        '  File "/srv/catalog/feed.py", line 88, in refresh',
        "    price = parse_price(row[3])",
        '  File "/srv/catalog/feed.py", line 41, in parse_price',
        "    return Decimal(text)",
        "decimal.InvalidOperation: price of sku %d" % sku,
    )


def visit(at, broken):
    """A customer looks around, and perhaps buys."""
    kind = r.below(100)
    product = r.between(1000, 4999)
    if kind < 44:
        access(at, "GET", "/products/%d" % product, 200, r.between(4000, 19000), r.between(8, 90))
    elif kind < 62:
        ms = r.between(12, 160)
        access(at, "GET", "/search?q=%s" % r.pick(["lamp", "desk", "chair", "kettle", "rug"]), 200, r.between(2000, 9000), ms)
        python(at + 0.01, "INFO", "search", "query", "found %d products in %d ms" % (r.between(0, 240), ms))
    elif kind < 74:
        access(at, "POST", "/cart/items", 201, r.between(180, 420), r.between(10, 60))
        java(at + 0.01, "INFO", "cart", "cart.CartService", "added product %d to cart %s" % (product, r.hex(12)))
    elif kind < 80:
        access(at, "GET", "/favicon.ico", 404, 153, 1)
    elif kind < 84:
        python(at, "INFO", "catalog", "cache", "refreshed %d entries for region %s" % (r.between(20, 900), r.pick(["eu", "us"])))
    else:
        buy(at, broken)


def buy(at, broken):
    number, gateway = order(), r.pick(["gw-eu-1", "gw-eu-2"])
    java(at, "INFO", "order", "order.OrderService", "order %s placed: %d items, total %d.%02d EUR"
         % (number, r.between(1, 6), r.between(9, 480), r.below(100)))
    if broken and r.chance(62):
        ms = 30000 + r.between(0, 40)
        java(at + 0.4, "WARN", "payment", "payment.GatewayClient", "gateway %s is slow: attempt 2 of 3 for %s" % (gateway, number))
        java(at + 1.2, "ERROR", "payment", "payment.ChargeService", "charge for %s failed after %d ms" % (number, ms),
             charge_timed_out(30000) if r.chance(22) else ())
        java(at + 1.3, "ERROR", "order", "order.OrderService", "order %s rolled back: payment state is UNKNOWN" % number)
        access(at + 1.4, "POST", "/checkout", 502, 312, ms)
        if r.chance(25):
            python(at + 1.5, "ERROR", "edge", "health", "upstream payment is failing: %d of %d checks lost"
                   % (r.between(4, 9), 10))
        return
    ms = r.between(160, 900)
    java(at + 0.3, "INFO", "payment", "payment.ChargeService", "charged %s via %s in %d ms" % (number, gateway, ms))
    access(at + 0.4, "POST", "/checkout", 200, r.between(500, 900), ms)
    if r.chance(40):
        python(at + 2, "INFO", "mail", "outbox", "sent confirmation for %s to %s@example.com"
               % (number, r.pick(["ada", "bo", "cleo", "dev", "eli", "fay"])))


def minute(m):
    """What happens in a minute; the evening is busier than the afternoon."""
    broken = DEPLOY <= m < ROLLBACK
    visits = 6 + (m * 4 // MINUTES) + r.below(3) + (6 if broken and r.chance(50) else 0)
    for _ in range(visits):
        visit(m * 60 + r.below(60000) / 1000, broken)
    at = m * 60 + r.below(50000) / 1000
    if m % 3 == 0:
        java(at, "DEBUG", "cart", "db.Pool", "pool: %d active, %d idle, 0 waiting" % (r.between(1, 12), r.between(2, 8)))
    if r.chance(9):
        java(at, "WARN", "cart", "db.Pool", "slow statement: %d ms for select from cart_items" % r.between(800, 2600))
    if r.chance(5):
        python(at, "WARN", "search", "index", "replica 10.4.0.%d lags %d s behind" % (r.between(11, 13), r.between(6, 40)))
    if m in (9, 34, 61, 97):
        python(at, "ERROR", "catalog", "feed", "refresh of feed supplier-%d failed" % r.between(1, 3), feed_broken(r.between(70000, 79999)))
    if m % 15 == 5:
        python(at, "INFO", "catalog", "feed", "feed supplier-%d: %d rows, %d changed" % (r.between(1, 3), r.between(4000, 9000), r.between(3, 60)))
    if m % 30 == 12:
        python(at, "INFO", "edge", "tls", "certificate for shop.example.com valid for %d days" % 41)


def deploy(m, release, reason):
    at = m * 60
    python(at - 8, "INFO", "deploy", "rollout", "payment: rolling out release %s (%s)" % (release, reason))
    for pod in range(3):
        name = "payment-7c9f%s-%s" % (r.hex(4), r.pick(["x2kqp", "m8v4d", "t6zwn"]))
        java(at - 6 + pod * 2, "INFO", "payment", "Application", "started %s in %d.%d s" % (name, r.between(3, 6), r.below(10)))
    python(at, "INFO", "deploy", "rollout", "payment: release %s is live on 3 of 3 pods" % release)


for m in range(MINUTES):
    minute(m)
deploy(DEPLOY, "2026.3.12", "smaller connection pool")
deploy(ROLLBACK, "2026.3.11", "rollback")
lines.sort(key=lambda line: line[0])
print("\n".join(text for _, text in lines))
