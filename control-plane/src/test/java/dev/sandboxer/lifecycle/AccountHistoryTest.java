package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.routing.Account;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The past attempts that routing reads for all candidates at once. */
class AccountHistoryTest extends InstallationTest {
    @Test
    void the_latest_attempts_of_each_account_come_newest_first_and_no_more_than_asked_for() {
        for (int i = 0; i < 3; i++) {
            create();
            installation.clock().advance(Duration.ofSeconds(1));
        }
        var ofFirst = accountOf(create());
        first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        var ofSecond = accountOf(create());
        var unused = new Account(new ExtensionId("ext.second"), new CredentialId("c000000000000"));

        var latest = new AttemptStore(process.database()).latest(List.of(ofFirst, ofSecond, unused), 3);

        assertThat(latest).containsOnlyKeys(ofFirst, ofSecond);
        assertThat(latest.get(ofFirst))
                .hasSize(3)
                .extracting(Attempt::startedAt)
                .isSortedAccordingTo(Comparator.reverseOrder());
        assertThat(latest.get(ofSecond)).hasSize(1);
    }

    @Test
    void accounts_without_recent_failures_are_left_out() {
        first().plan(Call.CREATE, Fault.refused(Kind.TRANSIENT));
        var fine = accountOf(create());
        var failed = new Account(new ExtensionId("ext.first"), null);
        var history = new AccountHistory(new AttemptStore(process.database()));
        var then = installation.clock().instant();

        assertThat(history.withFailures(List.of(failed, fine), then)).containsExactly(failed);
        assertThat(history.withFailures(List.of(failed, fine), then.plusMillis(1)))
                .isEmpty();
    }

    private Account accountOf(Sandbox sandbox) {
        var attempt = sandboxes().attempts(sandbox).getLast();
        return new Account(attempt.extension(), attempt.credential());
    }
}
