package dev.sandboxer.http.e2b.template;

import dev.sandboxer.http.Route;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.templates.UploadedFiles;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** Assembles the routes of E2B's API for building templates. */
public final class TemplateBuilds {
    private final BuildRoutes builds;
    private final TagRoutes tags;

    /** @param secret the key that signs the addresses for uploads */
    public TemplateBuilds(Templates templates, UploadedFiles uploads, byte[] secret, InstantSource clock) {
        this.builds = new BuildRoutes(templates, uploads, new UploadLinks(secret, clock));
        this.tags = new TagRoutes(templates);
    }

    /** Returns all routes that need an API key. */
    public List<Route> routes() {
        return Stream.concat(builds.routes().stream(), tags.routes().stream()).toList();
    }

    /** Returns all routes that answer without a key. */
    public List<Route> open() {
        return builds.open();
    }
}
