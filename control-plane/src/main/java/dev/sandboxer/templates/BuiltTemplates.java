package dev.sandboxer.templates;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.terms.NamedTemplate;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.observe.Sleeper;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.profiles.Spelling;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The templates that consumers build. Thread-safe. Any number of processes may share a database. */
public final class BuiltTemplates {
    /** A build whose steps have not arrived after this time fails. */
    private static final Duration MAX_WAIT = Duration.ofHours(24);

    /** The result of shorter steps isn't cached, because storing a disk costs time and space. */
    private static final Duration WORTH_KEEPING = Duration.ofSeconds(2);

    private final Database database;
    private final TemplateStore rows;
    private final TemplateRemoval removal;
    private final Sandboxes sandboxes;
    private final ConsumerProfiles profiles;
    private final InstantSource clock;
    private final Sleeper sleeper;
    private final Duration worthKeeping;

    public BuiltTemplates(
            Database database, Sandboxes sandboxes, ConsumerProfiles profiles, InstantSource clock, Sleeper sleeper) {
        this(database, sandboxes, profiles, clock, sleeper, WORTH_KEEPING);
    }

    /** @param worthKeeping how long steps must take for their result to be cached for later builds */
    public BuiltTemplates(
            Database database,
            Sandboxes sandboxes,
            ConsumerProfiles profiles,
            InstantSource clock,
            Sleeper sleeper,
            Duration worthKeeping) {
        this.worthKeeping = worthKeeping;
        this.database = database;
        this.rows = new TemplateStore(database);
        this.sandboxes = sandboxes;
        this.removal = new TemplateRemoval(database, rows, sandboxes.snapshots());
        this.profiles = profiles;
        this.clock = clock;
        this.sleeper = sleeper;
    }

    /** A ready build with its template and its snapshot. */
    public record Found(Template template, Build build, Snapshot snapshot) {
        /** Returns the template's id and name, as they are stored with sandboxes from it. */
        public NamedTemplate named() {
            return new NamedTemplate(template.id(), template.name());
        }

        /** Returns the size of sandboxes from it, given the profile's size. */
        public SandboxSize size(SandboxSize ofProfile) {
            return new SandboxSize(
                    Objects.requireNonNullElse(build.cpuMillis(), ofProfile.cpuMillis()),
                    Objects.requireNonNullElse(build.memoryMiB(), ofProfile.memoryMiB()),
                    ofProfile.diskMiB(),
                    ofProfile.gpu());
        }
    }

    /**
     * A template, its tags and its builds.
     *
     * @param builds newest first
     */
    public record Details(Template template, List<Tag> tags, List<Build> builds) {
        /** Returns the build with the default tag; empty if there is none. */
        public Optional<Build> current() {
            return tags.stream()
                    .filter(tag -> tag.name().equals(TemplateRef.DEFAULT_TAG))
                    .findFirst()
                    .flatMap(tag -> builds.stream()
                            .filter(build -> build.id().equals(tag.build()))
                            .findFirst());
        }
    }

    /**
     * A tag of a template.
     *
     * @param since when it was set
     */
    public record Tag(String name, String build, Instant since) {}

    /**
     * Requests a build. Creates the template if the consumer has none of that name.
     *
     * @param tags tags that the build gets when it is ready, in addition to the one in {@code ref}
     * @param cpuMillis CPU of sandboxes from it; null = the profile's
     * @param memoryMiB memory of sandboxes from it; null = the profile's
     * @throws SandboxException {@code INVALID_ARGUMENT} when the name is a profile's, or a tag is malformed
     */
    public Build request(
            String consumer,
            TemplateRef ref,
            List<String> tags,
            @Nullable Integer cpuMillis,
            @Nullable Integer memoryMiB) {
        requireFree(ref.name());
        var all = new ArrayList<>(List.of(ref.tag()));
        tags.stream()
                .map(TemplateRef::requireTag)
                .filter(tag -> !all.contains(tag))
                .forEach(all::add);
        var now = Instant.ofEpochMilli(clock.millis());
        return database.transaction(handle -> {
            var template = rows.findOrInsert(
                    handle, new Template("t" + SandboxId.randomText().substring(1), consumer, ref.name(), now, now));
            var build = new Build(
                    "b" + SandboxId.randomText().substring(1),
                    template.id(),
                    consumer,
                    Build.State.WAITING,
                    all,
                    cpuMillis,
                    memoryMiB,
                    null,
                    null,
                    null,
                    now,
                    null,
                    ProcessIdentity.current());
            rows.insert(handle, build);
            return build;
        });
    }

    private void requireFree(String name) {
        var catalogue = profiles.all();
        var wanted = ProfileName.withPrefix(name);
        if (name.equals("base")
                || catalogue.all().stream()
                        .anyMatch(profile -> profile.name().value().equals(wanted))) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    Spelling.quoted(name) + " is the name of a profile; choose another name for the template");
        }
    }

    /**
     * Runs a requested build to its end, and returns it as it is then.
     *
     * @param listener receives each line of the log
     * @throws SandboxException {@code CONFLICT} when the build has already started
     */
    public Build build(Build waiting, Recipe recipe, BuildFiles files, Consumer<BuildLine> listener) {
        if (!database.transaction(handle -> rows.begin(handle, waiting.id(), ProcessIdentity.current()))) {
            throw new SandboxException(ErrorCode.CONFLICT, "build " + waiting.id() + " has already started");
        }
        var log = new BuildLog(lines -> rows.append(waiting.id(), lines), listener, clock);
        new TemplateBuilder(this, sandboxes, profiles, clock, sleeper, log).build(waiting, recipe, files);
        removal.prune(waiting.template());
        removal.deleteUnusedLayers(waiting.consumer(), waiting.template(), waiting.id());
        return build(waiting.consumer(), waiting.id());
    }

    /** Marks a build as ready, in the transaction that makes its snapshot ready. */
    Snapshots.Alongside markReady(Build build) {
        return (handle, snapshot) -> {
            var now = clock.instant();
            if (!rows.ready(handle, build, snapshot.id(), now)) {
                throw new SandboxException(
                        ErrorCode.CONFLICT,
                        "build " + build.id() + " was abandoned meanwhile; build the template again");
            }
            build.tags().forEach(tag -> rows.tag(handle, build.template(), tag, build.id(), now));
        };
    }

    /** Marks a build as failed, unless it has ended. */
    void fail(Build build, String step, String reason) {
        database.write(handle -> rows.failed(handle, build.id(), step, reason, clock.instant()));
    }

    /** Finds a consumer's template by its name or id. */
    public Optional<Template> template(String consumer, String nameOrId) {
        return rows.find(consumer, nameOrId);
    }

    /**
     * Finds the build and the snapshot that sandboxes from a template start from; empty if there is no such template or it is not ready.
     *
     * @param text name or id of the template, with a tag or without
     */
    public Optional<Found> find(String consumer, String text) {
        if (!TemplateRef.isPossible(text)) {
            return Optional.empty();
        }
        var ref = TemplateRef.parse(text);
        return rows.find(consumer, ref.name())
                .flatMap(template -> rows.tagged(template.id(), ref.tag())
                        .filter(build -> build.snapshot() != null)
                        .flatMap(build -> sandboxes
                                .snapshots()
                                .find(consumer, String.valueOf(build.snapshot()))
                                .map(snapshot -> new Found(template, build, snapshot))));
    }

    /** Lists a consumer's templates by name. */
    public List<Details> list(String consumer) {
        settle();
        return rows.list(consumer).stream().map(this::details).toList();
    }

    /** Returns a template with its tags and builds. */
    public Details details(Template template) {
        var tags = rows.tags(template.id()).stream()
                .map(tag -> new Tag(tag.name(), tag.build(), tag.since()))
                .toList();
        return new Details(template, tags, rows.builds(template.id()));
    }

    /**
     * Returns a consumer's build.
     *
     * @throws SandboxException {@code UNKNOWN_TEMPLATE}
     */
    public Build build(String consumer, String id) {
        return rows.build(consumer, id)
                .orElseThrow(() -> new SandboxException(
                        ErrorCode.UNKNOWN_TEMPLATE, "build " + Spelling.quoted(id) + " not found"));
    }

    /**
     * Returns lines of a build's log.
     *
     * @param from number of the first line, counted from 0
     * @param limit maximum number
     */
    public List<BuildLine> log(Build build, long from, int limit) {
        return rows.log(build.id(), from, limit);
    }

    /**
     * Adds tags to a build.
     *
     * @param target the template and a tag that the build has
     * @return the build
     *
     * @throws SandboxException {@code UNKNOWN_TEMPLATE}; {@code INVALID_ARGUMENT}
     */
    public Build assign(String consumer, String target, List<String> tags) {
        var ref = TemplateRef.parse(target);
        var template = require(consumer, ref.name());
        var build = rows.tagged(template.id(), ref.tag()).orElseThrow(() -> unknown(target));
        tags.forEach(TemplateRef::requireTag);
        database.write(
                handle -> tags.forEach(tag -> rows.tag(handle, template.id(), tag, build.id(), clock.instant())));
        removal.prune(template.id());
        return build;
    }

    /**
     * Removes tags from a template. Builds without any tag left are deleted.
     *
     * @throws SandboxException {@code UNKNOWN_TEMPLATE}
     */
    public void unassign(String consumer, String name, List<String> tags) {
        var template = require(consumer, name);
        database.write(handle -> tags.forEach(tag -> rows.untag(handle, template.id(), tag)));
        removal.prune(template.id());
    }

    /**
     * Deletes a template with all its builds. Sandboxes that were created from them keep running.
     *
     * @throws SandboxException {@code CONFLICT} while the template is being built
     */
    public void delete(Template template) {
        settle();
        var builds = rows.builds(template.id());
        if (builds.stream().anyMatch(build -> build.state() == Build.State.BUILDING)) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "template " + template.name() + " is being built; try again when the build is done");
        }
        removal.remove(template, builds);
    }

    /** Returns the cache of a build's steps. */
    StepCache cache(Build build, String base, Recipe recipe, BuildFiles files) {
        return new StepCache(database, sandboxes.snapshots(), build, base, recipe, files, worthKeeping);
    }

    /** Marks builds as failed if their process is gone or they took too long. Repair ends their sandboxes. */
    public void settle() {
        for (Build build : rows.unfinished()) {
            var late = build.state() == Build.State.WAITING ? MAX_WAIT : TemplateBuilder.MAX_TIME.multipliedBy(2);
            var gone = build.state() == Build.State.BUILDING && build.actor().isGone(!database.isShared());
            if (gone || clock.instant().isAfter(build.createdAt().plus(late))) {
                fail(
                        build,
                        rows.lastStep(build.id()).orElse(TemplateBuilder.BASE),
                        "the build was interrupted; build the template again");
            }
        }
    }

    /**
     * Returns a consumer's template by its name or id.
     *
     * @throws SandboxException {@code UNKNOWN_TEMPLATE}
     */
    public Template require(String consumer, String nameOrId) {
        return rows.find(consumer, nameOrId).orElseThrow(() -> unknown(nameOrId));
    }

    private static SandboxException unknown(String name) {
        return new SandboxException(
                ErrorCode.UNKNOWN_TEMPLATE,
                "template " + Spelling.quoted(name) + " not found; list yours with: sandboxer templates ls");
    }
}
