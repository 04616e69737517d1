package dev.sandboxer.charging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.ledger.Balance;
import dev.sandboxer.payments.ledger.Grant;
import dev.sandboxer.payments.ledger.LedgerTransaction;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.RateCardReader;
import dev.sandboxer.payments.rates.RateCards;
import dev.sandboxer.payments.rates.UnitPrice;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the numbers of the worked example in docs/payments.md. */
class WorkedExampleTest {
    private static final Path PAGE = Path.of("../docs/payments.md");
    private static final String ME = TestInstallation.ME;
    private static final SandboxSize SIZE = new SandboxSize(1000, 512, 2048);
    private static final Duration USED = Duration.ofSeconds(90);

    @TempDir(factory = MemoryDirectory.class)
    private Path home;

    private String example;
    private RateCards cards;

    @BeforeEach
    void read() throws IOException {
        var page = Files.readString(PAGE);
        example = between(page, "## A worked example", "\n## ");
        var rates = home.resolve("example.yaml");
        Files.writeString(rates, between(example, "```yaml\n", "```"));
        cards = RateCardReader.read(rates);
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    /** Returns the cells of the table row that begins with this text, without the first cell. */
    private List<String> row(String begin) {
        var line = example.lines()
                .filter(it -> it.startsWith("| " + begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row begins with " + begin));
        return Arrays.stream(line.split("\\|")).skip(2).map(String::strip).toList();
    }

    private Profile profile(FakeExtension stub) {
        return Profile.builder(new ProfileName("profile.saas-stub"), SIZE)
                .route(List.of(stub.id()))
                .templates(Map.of(stub.id(), "base"))
                .ttl(Duration.ofMinutes(5))
                .maxTtl(Duration.ofHours(1))
                .build();
    }

    @Test
    void prices_quantities_and_costs_are_those_of_the_price_list() {
        var installation = new TestInstallation(home);
        var stub = stub(installation);
        try (var process = start(installation, stub)) {
            grant(process, "1");
            var sandbox = process.sandboxes()
                    .create(CreateSandbox.of(ME, profile(stub)).build());
            var tariff = process.metering()
                    .meter(sandbox.id().value())
                    .orElseThrow()
                    .subject()
                    .tariff();
            var sum = Money.ZERO;
            for (Meter meter : List.of(Meter.CPU, Meter.MEMORY, Meter.CREATION)) {
                var cells = row(meter.text());
                assertThat(tariff.prices().get(meter))
                        .isEqualTo(new UnitPrice(new BigDecimal(cells.get(0)), new BigDecimal(cells.get(1))));
                assertThat(meter.quantity(SIZE, USED.toMillis())).isEqualByComparingTo(cells.get(2));
                var cost = tariff.billed(meter, SIZE, USED.toMillis()).orElseThrow();
                assertThat(cost).isEqualTo(Money.parse(cells.get(3)));
                sum = sum.plus(cost);
            }
            assertThat(sum).isEqualTo(Money.parse(row("together").get(3)));
        }
    }

    @Test
    void credits_move_as_the_page_says() {
        var installation = new TestInstallation(home);
        var stub = stub(installation);
        try (var process = start(installation, stub)) {
            grant(process, row("`sandboxer credits grant").get(1));
            assertMoved(process, "`sandboxer credits grant");
            var sandbox = process.sandboxes()
                    .create(CreateSandbox.of(ME, profile(stub)).build());
            assertMoved(process, "`sandboxer create");
            installation.clock().advance(USED);
            process.sandboxes().destroy(sandbox);
            assertMoved(process, "the rest");
            var captured = row("`sandboxer destroy`");
            var capture = process.ledger().transactions(ME, 2).getLast();
            assertThat(capture.kind().text()).isEqualTo(captured.get(0));
            assertThat(capture.amount()).isEqualTo(Money.parse(captured.get(1)));
            assertThat(captured.get(2))
                    .as("what is left is what is released")
                    .isEqualTo(row("the rest").get(1));
        }
    }

    @Test
    void an_hour_is_shortened_to_the_time_that_is_paid_for() {
        var installation = new TestInstallation(home);
        var stub = stub(installation);
        try (var process = start(installation, stub)) {
            grant(process, "0.05");
            var sandbox = process.sandboxes()
                    .create(CreateSandbox.of(ME, profile(stub))
                            .ttl(Duration.ofHours(1))
                            .build());
            var lasts = Duration.between(sandbox.createdAt(), sandbox.deadline());
            assertThat(example)
                    .contains("With `--ttl 1h` it would be 0.0984")
                    .contains(lasts.toMinutesPart() + "m" + lasts.toSecondsPart() + "s that 0.05 pays for");
            var tariff = process.metering()
                    .meter(sandbox.id().value())
                    .orElseThrow()
                    .subject()
                    .tariff();
            assertThat(tariff.worstCase(SIZE, Duration.ofHours(1))).hasValue(Money.parse("0.0984"));
        }
    }

    private static FakeExtension stub(TestInstallation installation) {
        installation.environment().put("SAAS-STUB_KEY", "key_platform1");
        return FakeExtension.keyed("saas-stub", installation.clock());
    }

    private ControlPlane start(TestInstallation installation, FakeExtension stub) {
        installation.charge();
        installation.price(cards);
        return installation.start(List.of(stub));
    }

    private static void grant(ControlPlane process, String amount) {
        process.ledger().grant(new Grant.Request("grant", ME, Grant.Kind.PAID, Money.parse(amount), 0, null, ""));
    }

    /** Compares the newest transaction, and the balance after it, with a table row. */
    private void assertMoved(ControlPlane process, String begin) {
        var cells = row(begin);
        LedgerTransaction newest = process.ledger().transactions(ME, 1).getFirst();
        Balance balance = process.ledger().balance(ME);
        assertThat(List.of(
                        newest.kind().text(),
                        newest.amount().toString(),
                        balance.held().toString(),
                        balance.balance().toString()))
                .as(begin)
                .isEqualTo(cells);
    }
}
