package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Network calls from inside a sandbox, written {@code KIND=ADDRESS:PORT}. {@code call.py} makes them. */
public final class Calls {
    private static final String REACHED = "reached";
    private static final String SCRIPT = resource("call.py");

    private Calls() {}

    /** Asserts that all calls get an answer, made as {@code user}. */
    public static void assertReached(Victim victim, String... calls) {
        assertThat(call(victim, "user", calls)).hasSize(calls.length).allMatch(line -> line.endsWith(REACHED));
    }

    /** Asserts that no call gets an answer, made as {@code root}. */
    public static void assertRefused(Victim victim, String... calls) {
        assertThat(call(victim, "root", calls)).hasSize(calls.length).noneMatch(line -> line.endsWith(REACHED));
    }

    /** Makes the calls and returns one line about each. */
    public static List<String> call(Victim victim, String user, String... calls) {
        var argv = new ArrayList<>(List.of("python3", "-c", SCRIPT));
        argv.addAll(List.of(calls));
        return victim.run(ProcessSpec.builder(argv).user(user).build())
                .text()
                .lines()
                .toList();
    }

    public static NetworkRules rules(NetworkPolicy byDefault, List<String> allow, List<String> deny) {
        return new NetworkRules(byDefault, targets(allow), targets(deny));
    }

    private static List<NetworkTarget> targets(List<String> texts) {
        return texts.stream().map(NetworkTarget::parse).toList();
    }

    public static String resource(String name) {
        try (var in = Calls.class.getResourceAsStream("/hostile/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
