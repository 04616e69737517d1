package dev.sandboxer.payments.ledger;

import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.databases.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random history of servers that give commands to one ledger at the same time. Each thread has consumers of its own, and compares their
 * credits with a {@link LedgerModel} after each command. In addition, all threads use one shared consumer. Commits fail before or after
 * they take effect, and then the command is repeated. Between rounds time passes, and all servers may be restarted.
 */
final class LedgerHistory {
    private static final int THREADS = 4;
    private static final int ROUNDS = 8;
    private static final int COMMANDS = 25;

    private final SplittableRandom random;
    private final LedgerServers servers;
    private final List<LedgerActor> actors = new ArrayList<>();

    LedgerHistory(long seed, TestDatabase place) {
        this.random = new SplittableRandom(seed);
        this.servers = new LedgerServers(place);
    }

    static int commands() {
        return THREADS * ROUNDS * COMMANDS;
    }

    void run() throws Exception {
        servers.start();
        try {
            for (int i = 0; i < THREADS; i++) {
                actors.add(new LedgerActor(i, random.split(), servers));
            }
            SharedConsumer.setLimit(servers.ledger());
            for (int round = 0; round < ROUNDS; round++) {
                Concurrently.run(THREADS, i -> {
                    actors.get(i).act(COMMANDS);
                    return i;
                });
                servers.pass(Duration.ofSeconds(random.nextInt(1, 4000)));
                actors.forEach(LedgerActor::advance);
                if (random.nextInt(3) == 0) {
                    servers.stop();
                    servers.start();
                }
                actors.forEach(LedgerActor::compareAll);
            }
            servers.audit();
        } finally {
            servers.stop();
        }
    }

    String text() {
        return String.join("\n", actors.stream().map(LedgerActor::text).toList());
    }
}
