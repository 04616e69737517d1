package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.LocalExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each sandbox has 65,536 uids of the host that no other process uses. */
class UidRangesIT {
    private static final long SHARED_BASE = 0x7000_0000L;

    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void sandboxes_made_at_once_by_several_installations_share_no_uid() throws Exception {
        var elsewhere = Victim.temporaryDirectory();
        var context = new ExtensionContext("elsewhere", elsewhere, InstantSource.system());
        try (var other = LocalExtension.offline().open(context, Credential.none());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var made = new ArrayList<Future<Long>>();
            for (int i = 0; i < 6; i++) {
                var tag = new SandboxTag(context.installation(), "r" + i, 1);
                Callable<Long> here = () -> base(fresh());
                made.add(threads.submit(i % 2 == 0 ? here : () -> base(create(other, tag))));
            }
            var bases = new ArrayList<Long>();
            for (var base : made) {
                bases.add(base.get());
            }
            other.list().forEach(sandbox -> other.destroy(sandbox.ref()));
            assumeTrue(!bases.contains(SHARED_BASE), "needs ID-mapped mounts on this host");
            assertThat(bases)
                    .doesNotHaveDuplicates()
                    .allSatisfy(base -> assertThat(base)
                            .isGreaterThan(SHARED_BASE)
                            .isLessThan(1L << 31)
                            .matches(it -> it % 65_536 == 0));
        } finally {
            Victim.onHost("rm", "-rf", elsewhere.toString());
        }
    }

    private static synchronized Victim fresh() {
        return LAB.fresh();
    }

    private static Victim create(Backend backend, SandboxTag tag) {
        var spec = SandboxSpec.builder(new Source.Template("base"), Lab.SMALL)
                .network(NetworkRules.DENY_ALL)
                .build();
        var sandbox = backend.create(new CreateRequest(tag, spec, Instant.now().plus(Duration.ofMinutes(2))));
        return new Victim(sandbox, backend.connect(sandbox.ref()));
    }

    @Test
    void a_paused_sandbox_keeps_its_uids_and_a_killed_one_releases_them() {
        var paused = LAB.fresh();
        var killed = LAB.fresh();
        assumeTrue(base(paused) != SHARED_BASE, "needs ID-mapped mounts on this host");
        assumeTrue(LAB.backend() instanceof Pausing, "needs control groups that freeze");
        var kept = base(paused);
        var given = base(killed);
        ((Pausing) LAB.backend()).pause(paused.ref(), Instant.now().plus(Duration.ofMinutes(1)));

        assertThat(isTaken(kept)).isTrue();
        assertThat(isTaken(given)).isTrue();
        Victim.onHost("kill", "-9", Long.toString(LAB.agentPid(killed)));
        await(() -> !isTaken(given));
        assertThat(isTaken(kept)).isTrue();

        LAB.backend().destroy(paused.ref());
        await(() -> !isTaken(kept));
    }

    @Test
    void every_process_of_a_sandbox_has_a_uid_of_its_range() {
        var victim = LAB.fresh();
        var base = base(victim);
        victim.rootSh("sleep 60 & setpriv --reuid 65535 --clear-groups sleep 60 & true");
        for (String process : LAB.leftovers().processesOf(victim.sandbox().tag())) {
            var uids = Victim.onHost("sed", "-n", "s/^Uid:\\t//p", process + "/status")
                    .split("\t");
            assertThat(uids).allSatisfy(uid -> assertThat(Long.parseLong(uid)).isBetween(base, base + 65_535));
        }
    }

    private static boolean isTaken(long base) {
        var file = "/run/sandboxer-uids/" + (base - SHARED_BASE) / 65_536;
        return Victim.onHost("flock", "-n", "-E", "0", file, "echo", "free").isEmpty();
    }

    private static void await(Callable<Boolean> condition) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
    }

    private static long base(Victim victim) {
        return Long.parseLong(victim.sh("cat /proc/self/uid_map").text().split("\\s+")[1]);
    }
}
