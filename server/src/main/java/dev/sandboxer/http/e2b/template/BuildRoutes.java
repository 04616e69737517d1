package dev.sandboxer.http.e2b.template;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.observe.VirtualThreads;
import dev.sandboxer.templates.Build;
import dev.sandboxer.templates.BuildLine;
import dev.sandboxer.templates.BuiltTemplates;
import dev.sandboxer.templates.Recipe;
import dev.sandboxer.templates.Step;
import dev.sandboxer.templates.Template;
import dev.sandboxer.templates.TemplateRef;
import dev.sandboxer.templates.UploadedFiles;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes that build templates, in the order in which E2B's SDKs call them: request a build, upload files, start it, poll its status. */
final class BuildRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(BuildRoutes.class);
    private static final int MAX_LINES = 100;
    private static final int MILLIS_PER_CPU = 1000;

    private final Templates names;
    private final BuiltTemplates templates;
    private final UploadedFiles uploads;
    private final UploadLinks links;

    BuildRoutes(Templates names, UploadedFiles uploads, UploadLinks links) {
        this.names = names;
        this.templates = names.built();
        this.uploads = uploads;
        this.links = links;
    }

    List<Route> routes() {
        return List.of(
                new Route("POST", "/v3/templates", this::request),
                new Route("GET", "/templates/{templateID}/files/{hash}", this::file),
                new Route("POST", "/v2/templates/{templateID}/builds/{buildID}", this::begin),
                new Route("GET", "/templates/{templateID}/builds/{buildID}/status", this::status));
    }

    /** Returns the routes that answer without a key, because their addresses are signed. */
    List<Route> open() {
        return List.of(new Route("PUT", "/template-files/{consumer}/{hash}", this::receive));
    }

    private record NewBuild(
            @Nullable String name,
            @Nullable String alias,
            @Nullable List<String> tags,
            @Nullable Integer cpuCount,
            @Nullable Integer memoryMB,
            @Nullable Integer minFreeDiskMb) {}

    private record Requested(
            String templateID,
            String buildID,
            @JsonProperty("public") boolean open,
            List<String> names,
            List<String> tags,
            List<String> aliases) {}

    private void request(HttpExchange exchange) throws IOException {
        var asked = exchange.lenientJson(NewBuild.class);
        var name = asked.name() == null ? asked.alias() : asked.name();
        if (name == null) {
            throw new E2bException(400, "name is required");
        }
        if (!isWithin(asked.cpuCount(), 1, 1024) || !isWithin(asked.memoryMB(), 128, 1 << 24)) {
            throw new E2bException(400, "cpuCount must be from 1 to 1024, memoryMB from 128 to 16777216");
        }
        var ref = TemplateRef.parse(name);
        var build = templates.request(
                Caller.of(exchange),
                ref,
                Objects.requireNonNullElse(asked.tags(), List.of()),
                asked.cpuCount() == null ? null : Integer.valueOf(asked.cpuCount() * MILLIS_PER_CPU),
                asked.memoryMB());
        var names = List.of(ref.name());
        exchange.json(202, new Requested(build.template(), build.id(), false, names, build.tags(), names));
    }

    private static boolean isWithin(@Nullable Integer value, int least, int most) {
        return value == null || value >= least && value <= most;
    }

    private record Upload(boolean present, String url) {}

    private void file(HttpExchange exchange) throws IOException {
        var consumer = Caller.of(exchange);
        require(exchange);
        var hash = exchange.parameter("hash");
        exchange.json(201, new Upload(uploads.isThere(consumer, hash), links.link(exchange, consumer, hash)));
    }

    private void receive(HttpExchange exchange) throws IOException {
        var consumer = exchange.parameter("consumer");
        var hash = exchange.parameter("hash");
        links.check(exchange, consumer, hash);
        uploads.keep(consumer, hash, exchange.input());
        exchange.empty(200);
    }

    private void begin(HttpExchange exchange) throws IOException {
        var recipe = exchange.lenientJson(BuildBody.class).recipe();
        var build = build(exchange);
        requireFiles(build, recipe);
        if (build.state() != Build.State.WAITING) {
            throw new E2bException(409, "build " + build.id() + " has already begun");
        }
        VirtualThreads.start("template-build", () -> run(build, recipe));
        exchange.empty(202);
    }

    private void requireFiles(Build build, Recipe recipe) {
        for (Step step : recipe.steps()) {
            if (step instanceof Step.Copy copy && !uploads.isThere(build.consumer(), copy.content())) {
                throw new E2bException(400, "the files of " + copy.source() + " were not uploaded to this server");
            }
        }
    }

    private void run(Build build, Recipe recipe) {
        try {
            templates.build(build, recipe, uploads.of(build.consumer()), line -> {});
            uploads.sweep();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("build {} of a template failed", build.id());
        }
    }

    /**
     * Returns the template that the path names.
     *
     * @throws E2bException 400 if it is a profile; 404 if it is unknown
     */
    private Template require(HttpExchange exchange) {
        var consumer = Caller.of(exchange);
        var name = exchange.parameter("templateID");
        return templates
                .template(consumer, name)
                .orElseThrow(() -> names.refusal(consumer, name, "profiles are written in config.yaml, not built"));
    }

    /**
     * Returns the build that the path names.
     *
     * @throws E2bException 404 if the template has no such build
     */
    private Build build(HttpExchange exchange) {
        var template = require(exchange);
        try {
            var build = templates.build(template.consumer(), exchange.parameter("buildID"));
            if (build.template().equals(template.id())) {
                return build;
            }
        } catch (SandboxException e) {
            if (e.code() != ErrorCode.UNKNOWN_TEMPLATE) {
                throw e;
            }
        }
        throw new E2bException(404, "build " + exchange.parameter("buildID") + " not found in this template");
    }

    private record Entry(Instant timestamp, String message, String level, String step) {
        static Entry of(BuildLine line) {
            return new Entry(line.at(), line.message(), line.level().name().toLowerCase(Locale.ROOT), line.step());
        }
    }

    private record Reason(
            @Nullable String message,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String step,

            List<Entry> logEntries) {}

    private record Status(
            String templateID,
            String buildID,
            String status,
            List<String> logs,
            List<Entry> logEntries,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Reason reason) {}

    private void status(HttpExchange exchange) throws IOException {
        templates.settle();
        var build = build(exchange); // read before the log: if the build has ended by now, the log is complete
        var lines = templates.log(
                build, number(exchange, "logsOffset", 0), Math.min(MAX_LINES, number(exchange, "limit", MAX_LINES)));
        var entries = lines.stream().map(Entry::of).toList();
        exchange.json(
                200,
                new Status(
                        build.template(),
                        build.id(),
                        switch (build.state()) {
                            case WAITING -> "waiting";
                            case BUILDING -> "building";
                            case READY -> "ready";
                            case FAILED -> "error";
                        },
                        entries.stream().map(Entry::message).toList(),
                        entries,
                        build.reason() == null ? null : new Reason(build.reason(), build.step(), List.of())));
    }

    private static int number(HttpExchange exchange, String name, int defaultValue) {
        var text = exchange.query(name);
        if (text == null) {
            return defaultValue;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw new E2bException(400, name + " must be a number");
        }
        return Integer.parseInt(text);
    }
}
