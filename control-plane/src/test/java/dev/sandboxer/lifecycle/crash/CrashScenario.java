package dev.sandboxer.lifecycle.crash;

import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.launch.ReadyCheck;
import dev.sandboxer.launch.StartCommand;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.testing.FakeProcesses.Act;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.TestInstallation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An operation during which a process is killed.
 *
 * @param begin prepares an installation, and returns the operation to run in the process that is killed
 */
record CrashScenario(String name, Function<TestInstallation, Consumer<Sandboxes>> begin) {
    static List<CrashScenario> all() {
        return Stream.of(creations(), changes(), snapshots(), repairs())
                .flatMap(List::stream)
                .toList();
    }

    private static List<CrashScenario> creations() {
        return List.of(
                creating("create", in -> {}),
                new CrashScenario("create with a key", in -> sandboxes -> sandboxes.create(in.request("key"))),
                creating("create, refused once", in -> in.first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY))),
                creating("create, refused by all", in -> {
                    in.first().plan(Call.CREATE, Fault.refused(Kind.QUOTA));
                    in.second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
                }),
                creating("create, own key refused, the platform's in its place", in -> {
                    in.addCredential("key_consumer0", true);
                    in.first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
                    in.second().revoke("key_consumer0");
                }),
                creating("create on an own key, answer lost", in -> {
                    in.addCredential("key_consumer0", false);
                    in.first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
                    in.second().plan(Call.CREATE, new Fault.AnswerLost());
                }),
                creating("create, answer lost", in -> in.first().plan(Call.CREATE, new Fault.AnswerLost())),
                creating("create, request lost", in -> in.first().plan(Call.CREATE, new Fault.RequestLost())),
                creating("create, late", in -> in.first().plan(Call.CREATE, new Fault.Late())),
                creating("create, answer and look-up lost", in -> {
                    in.first().plan(Call.CREATE, new Fault.AnswerLost());
                    in.first().plan(Call.FIND, new Fault.RequestLost());
                }),
                starting("create with a start command", 0),
                starting("create with a start command that fails", 3));
    }

    private static List<CrashScenario> changes() {
        return List.of(
                with("destroy", Sandboxes::destroy),
                failing("destroy, refused", Fault.refused(Kind.TRANSIENT), Call.DESTROY, Sandboxes::destroy),
                failing("destroy, answer lost", new Fault.AnswerLost(), Call.DESTROY, Sandboxes::destroy),
                extending("extend", Duration.ofMinutes(50)),
                extending("shorten", Duration.ofSeconds(1)),
                with("pause", Sandboxes::pause),
                failing("pause, refused", Fault.refused(Kind.TRANSIENT), Call.PAUSE, Sandboxes::pause),
                failing("pause, answer lost", new Fault.AnswerLost(), Call.PAUSE, Sandboxes::pause),
                failing("pause, request lost", new Fault.RequestLost(), Call.PAUSE, Sandboxes::pause),
                resuming("resume", in -> {}),
                resuming("resume, answer lost", in -> in.first().plan(Call.RESUME, new Fault.AnswerLost())),
                resuming("resume, request lost", in -> in.first().plan(Call.RESUME, new Fault.RequestLost())),
                new CrashScenario("pause at its deadline", in -> {
                    in.inProcess(sandboxes -> sandboxes.create(in.pausingAtItsEnd()));
                    in.clock().advance(TestInstallation.TTL);
                    return sandboxes -> sandboxes.repair().repairUnfinished();
                }));
    }

    private static List<CrashScenario> snapshots() {
        return List.of(
                with("snapshot", (sandboxes, sandbox) -> sandboxes.snapshots().make(sandbox, "mine")),
                failing(
                        "snapshot, answer lost",
                        new Fault.AnswerLost(),
                        Call.SNAPSHOT,
                        (sandboxes, sandbox) -> sandboxes.snapshots().make(sandbox, null)),
                new CrashScenario("deletion of a snapshot", in -> {
                    var kept = in.inProcess(sandboxes -> sandboxes.snapshots().make(made(in), null));
                    return sandboxes -> sandboxes.snapshots().delete(kept);
                }));
    }

    private static List<CrashScenario> repairs() {
        return List.of(
                new CrashScenario("use after its deadline", in -> {
                    var sandbox = made(in);
                    in.clock().advance(TestInstallation.TTL);
                    return sandboxes -> sandboxes.use(sandbox, session -> "never");
                }),
                new CrashScenario("use of a lost one", in -> {
                    var sandbox = made(in);
                    in.first().lose(Objects.requireNonNull(sandbox.ref()));
                    return sandboxes -> sandboxes.use(sandbox, session -> "never");
                }),
                new CrashScenario("repair of an orphan", in -> {
                    var dead = new ProcessIdentity(TestInstallation.DEAD);
                    in.inProcess(sandboxes -> sandboxes.create(CreateSandbox.of(TestInstallation.ME, in.profile())
                            .holder(dead)
                            .build()));
                    return sandboxes -> sandboxes.repair().repairUnfinished();
                }),
                new CrashScenario("repair of a stray, a lost and an expired one", in -> {
                    in.first().plan(Call.CREATE, new Fault.Late());
                    made(in);
                    in.first().catchUp();
                    in.first().lose(Objects.requireNonNull(made(in).ref()));
                    in.inProcess(sandboxes -> sandboxes.create(in.request(Duration.ofSeconds(1))));
                    in.clock().advance(Duration.ofSeconds(1));
                    return sandboxes -> {
                        sandboxes.repair().repairUnfinished();
                        sandboxes.repair().reconcile(in.extensions());
                    };
                }));
    }

    private interface Action {
        void on(Sandboxes sandboxes, Sandbox sandbox);
    }

    private static CrashScenario creating(String name, Consumer<TestInstallation> faults) {
        return new CrashScenario(name, in -> {
            faults.accept(in);
            return sandboxes -> sandboxes.create(in.request());
        });
    }

    /** @param ready exit code of the ready check's command */
    private static CrashScenario starting(String name, int ready) {
        return new CrashScenario(name, in -> {
            in.first().run(spec -> new Act("", StartCommand.TAG.equals(spec.tag()) ? null : ready));
            var check = new ReadyCheck(Probe.Command.line("check"), Duration.ofMillis(1));
            return sandboxes ->
                    sandboxes.create(in.request(new Launch("serve", check)).build());
        });
    }

    private static CrashScenario with(String name, Action action) {
        return new CrashScenario(name, in -> {
            var sandbox = made(in);
            return sandboxes -> action.on(sandboxes, sandbox);
        });
    }

    private static CrashScenario failing(String name, Fault fault, Call call, Action action) {
        return new CrashScenario(name, in -> {
            var sandbox = made(in);
            in.first().plan(call, fault);
            return sandboxes -> action.on(sandboxes, sandbox);
        });
    }

    private static CrashScenario resuming(String name, Consumer<TestInstallation> faults) {
        return new CrashScenario(name, in -> {
            var sandbox = made(in);
            var paused = in.inProcess(sandboxes -> sandboxes.pause(sandbox));
            faults.accept(in);
            return sandboxes -> sandboxes.resume(paused, TestInstallation.TTL, in.profile());
        });
    }

    private static CrashScenario extending(String name, Duration ttl) {
        return new CrashScenario(name, in -> {
            var sandbox = made(in);
            return sandboxes -> sandboxes.extend(sandbox, ttl, in.profile());
        });
    }

    private static Sandbox made(TestInstallation in) {
        return in.inProcess(sandboxes -> sandboxes.create(in.request()));
    }

    @Override
    public String toString() {
        return name;
    }
}
