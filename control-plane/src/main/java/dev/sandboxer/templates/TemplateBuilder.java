package dev.sandboxer.templates;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.launch.Launcher;
import dev.sandboxer.lifecycle.BackendOptions;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.Spelling;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Builds one template in a sandbox that ends with the build. Used by one thread. */
final class TemplateBuilder {
    /** How long a build may take. */
    static final Duration MAX_TIME = Duration.ofHours(1);

    private static final int MAX_SHOWN_LENGTH = 100;

    /** The name of the part before the first step. */
    static final String BASE = "base";

    private static final String FINALIZE = "finalize";

    /** The names of E2B's own base image. */
    private static final Set<String> BASE_IMAGES = Set.of("e2bdev/base", "e2bdev/base:latest");

    private final BuiltTemplates templates;
    private final Sandboxes sandboxes;
    private final ConsumerProfiles profiles;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final BuildLog log;
    private @Nullable Step running;

    TemplateBuilder(
            BuiltTemplates templates,
            Sandboxes sandboxes,
            ConsumerProfiles profiles,
            InstantSource clock,
            Sleeper sleeper,
            BuildLog log) {
        this.templates = templates;
        this.sandboxes = sandboxes;
        this.profiles = profiles;
        this.clock = clock;
        this.sleeper = sleeper;
        this.log = log;
    }

    /**
     * The base of a build.
     *
     * @param snapshot snapshot of another template; null = the profile's own template
     * @param image reference of an image; null = none
     * @param below the launch of the other template
     */
    private record Start(
            Profile profile,
            @Nullable Snapshot snapshot,
            @Nullable String image,
            Launch below) {
        /** Returns the base that continues after the steps of a cached layer. */
        Start from(StepCache.Layer layer) {
            var kept = layer.snapshot();
            return new Start(profile, kept.with(Launch.NOTHING), null, kept.launch());
        }

        /** Returns a text that identifies the base in the step cache: different bases have different texts. */
        String identity() {
            return profile.name() + " " + profile.templates() + " " + image + " "
                    + (snapshot == null ? "" : snapshot.id());
        }
    }

    /** Runs a build. A failure is stored with the build, not thrown. An unexpected exception is stored and thrown. */
    void build(Build build, Recipe recipe, BuildFiles files) {
        try {
            buildNow(build, recipe, files);
        } catch (StepFailure | SandboxException e) {
            fail(build, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            fail(build, "the build was interrupted; build the template again");
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fail(build, "unexpected error: " + e);
            throw e;
        } finally {
            log.flush();
        }
    }

    private void fail(Build build, String why) {
        var reason = running == null ? why : shortened(running.text()) + ": " + why;
        log.error(reason);
        log.flush();
        templates.fail(build, log.step(), Redactor.clean(reason));
    }

    private static String shortened(String text) {
        return text.length() <= MAX_SHOWN_LENGTH ? text : text.substring(0, MAX_SHOWN_LENGTH) + "...";
    }

    private void buildNow(Build build, Recipe asked, BuildFiles files) throws StepFailure, InterruptedException {
        log.begin(BASE);
        log.info("FROM " + (asked.from() == null ? BASE : asked.from()));
        var base = start(build.consumer(), asked);
        var recipe = asked.over(base.below());
        var cache = templates.cache(build, base.identity(), recipe, files);
        var layer = cache.find(recipe.cached());
        var start = layer == null ? base : base.from(layer);
        var sandbox = create(build, start);
        try {
            var done = layer == null ? 0 : layer.steps();
            var launch = sandboxes.<Launch, BuildException>use(
                    sandbox, session -> steps(session, sandbox, start, done, recipe, files, cache));
            sandboxes.snapshots().make(sandbox, launch, templates.markReady(build));
            log.info("Template ready");
        } catch (BuildException e) {
            throw e.rethrow();
        } finally {
            end(sandbox);
        }
    }

    /** Carries a failed step or an interrupt through an interface that allows only one checked exception. */
    private static final class BuildException extends Exception {
        private static final long serialVersionUID = 1;

        BuildException(Exception cause) {
            super(cause);
        }

        StepFailure rethrow() throws InterruptedException {
            if (getCause() instanceof InterruptedException e) {
                throw e;
            }
            if (getCause() instanceof StepFailure e) {
                return e;
            }
            throw new IllegalStateException(getCause());
        }
    }

    private Launch steps(
            Session session, Sandbox sandbox, Start start, int done, Recipe recipe, BuildFiles files, StepCache cache)
            throws BuildException {
        var time = new Countdown(Duration.between(clock.instant(), sandbox.deadline()));
        var packages = new StepPackages(session, packages(sandbox, start.profile()), log, time);
        var runner = new StepRunner(session, start.below(), files, packages, log, time);
        try {
            for (int n = 1; n <= recipe.steps().size(); n++) {
                var step = recipe.steps().get(n - 1);
                log.begin(Integer.toString(n));
                log.info((n <= done ? "CACHED [" : "[") + n + "/"
                        + recipe.steps().size() + "] " + step.text());
                if (n > done) {
                    log.flush(); // so that the step is known if this process dies
                    running = step;
                    runner.run(step);
                    if (cache.isWorthKeeping(n)) {
                        sandboxes.snapshots().make(sandbox, runner.soFar(), cache.keep(n));
                    }
                }
            }
            running = null;
            log.begin(FINALIZE);
            var launch = runner.result(recipe);
            tryStart(session, launch, time);
            return launch;
        } catch (OperationException e) {
            throw new BuildException(new StepFailure(String.valueOf(e.getMessage())));
        } catch (StepFailure | InterruptedException e) {
            throw new BuildException(e);
        }
    }

    /** Returns a source of packages; null if the sandbox has a network of its own, or its backend can't fetch packages. */
    private @Nullable PackageSource packages(Sandbox sandbox, Profile profile) {
        var rules = sandbox.terms().effectiveNetwork(profile.network());
        var reachesNetwork = sandboxes.hasNetwork(sandbox)
                && (rules.byDefault() != NetworkPolicy.DENY || !rules.allow().isEmpty());
        return reachesNetwork || !sandboxes.canFetchPackages(sandbox)
                ? null
                : (names, recommended) -> sandboxes.fetchPackages(sandbox, names, recommended);
    }

    /** Runs the start command once to check that it works, then stops it: each sandbox runs it itself. */
    private void tryStart(Session session, Launch launch, Countdown time) throws InterruptedException {
        if (launch.doesSomething()) {
            log.info("Starting: " + (launch.command() == null ? "nothing" : launch.command()));
            var launcher = new Launcher(session, launch, sleeper);
            launcher.start(time.left());
            log.info("Ready");
            launcher.stop();
        }
    }

    private Sandbox create(Build build, Start start) {
        try {
            return sandboxes.create(request(build, start));
        } catch (SandboxException e) {
            var image = start.image();
            if (image == null || e.code() != ErrorCode.NO_CANDIDATE) {
                throw e;
            }
            throw new SandboxException(
                    e.code(),
                    "the image " + Spelling.quoted(image) + " can't be used here: " + e.getMessage()
                            + "; begin with base or a template of yours, or name the image in config.yaml, in the profile that"
                            + " replaces it: `images: [\"" + image + "\"]`",
                    e);
        }
    }

    /** Returns the request for the build's sandbox. Only backends that can make snapshots are tried. */
    private CreateSandbox request(Build build, Start start) {
        var ttl = start.profile().maxTtl().compareTo(MAX_TIME) < 0
                ? start.profile().maxTtl()
                : MAX_TIME;
        var backendOptions = new BackendOptions(start.image(), Set.of(), null, null, Set.of(Capability.SNAPSHOT), null);
        return CreateSandbox.of(build.consumer(), start.profile())
                .ttl(ttl)
                .snapshot(start.snapshot())
                .backendOptions(backendOptions)
                .holder(ProcessIdentity.current())
                .command("templates build " + build.id())
                .progress(event -> log.info(event.text()))
                .build();
    }

    /** Returns the base that a recipe names. The base's start command does not run during the build. */
    private Start start(String consumer, Recipe recipe) {
        var catalogue = profiles.of(consumer);
        var from = recipe.from();
        if (from == null || from.equals(BASE) || BASE_IMAGES.contains(from)) {
            return profile(consumer, catalogue.defaultProfile());
        }
        var built = recipe.isImage() ? null : templates.find(consumer, from).orElse(null);
        if (built != null) {
            var snapshot = built.snapshot();
            return template(catalogue.get(snapshot.profile().value()), snapshot);
        }
        var mapped =
                catalogue.all().stream().filter(profile -> profile.isFor(from)).findFirst();
        return mapped.map(profile -> profile(consumer, profile))
                .orElseGet(() ->
                        recipe.isImage() ? image(catalogue.defaultProfile(), from) : named(consumer, catalogue, from));
    }

    /** Returns the base for a name: the profile that has the name or that it is mapped to, otherwise an image. */
    private Start named(String consumer, ProfileCatalogue catalogue, String from) {
        try {
            return profile(consumer, catalogue.get(from));
        } catch (SandboxException e) {
            if (e.code() != ErrorCode.UNKNOWN_PROFILE) {
                throw e;
            }
            return catalogue
                    .templates()
                    .find(from)
                    .map(name -> profile(consumer, catalogue.get(name)))
                    .orElseGet(() -> image(catalogue.defaultProfile(), from));
        }
    }

    private Start profile(String consumer, Profile profile) {
        return new ProfileSources(templates)
                .snapshot(consumer, profile)
                .map(snapshot -> template(profile, snapshot))
                .orElseGet(() -> image(profile, null));
    }

    private static Start template(Profile profile, Snapshot snapshot) {
        return new Start(withoutLaunch(profile), snapshot.with(Launch.NOTHING), null, snapshot.launch());
    }

    private static Start image(Profile profile, @Nullable String image) {
        return new Start(withoutLaunch(profile), null, image, Launch.NOTHING);
    }

    private static Profile withoutLaunch(Profile profile) {
        return profile.toBuilder().launch(Launch.NOTHING).build();
    }

    private void end(Sandbox sandbox) {
        try {
            sandboxes.destroy(sandbox);
        } catch (SandboxException e) {
            log.info("the sandbox could not be ended yet: " + e.getMessage()); // it has a holder, so repair ends it
        }
    }
}
