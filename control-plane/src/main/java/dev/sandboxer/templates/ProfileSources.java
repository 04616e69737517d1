package dev.sandboxer.templates;

import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.terms.NamedTemplate;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.Spelling;
import java.util.Optional;

/** Resolves the built template that a profile names into its snapshot. */
public record ProfileSources(BuiltTemplates templates) {
    /**
     * Returns a request with the snapshot of its profile's template: the consumer's own template, otherwise that of the command line's
     * user. Returns the request unchanged if its profile names no template, or if it names a snapshot or an image itself.
     *
     * @throws SandboxException {@code UNKNOWN_TEMPLATE}
     */
    public CreateSandbox of(CreateSandbox request) {
        if (request.snapshot() != null || request.backendOptions().image() != null) {
            return request;
        }
        var profile = request.profile();
        var start = profile.options().launch();
        var name = new NamedTemplate(profile.name().value(), profile.name().alias());
        return snapshot(request.consumer(), profile)
                .map(snapshot ->
                        start.doesSomething() ? snapshot.with(snapshot.launch().starting(start)) : snapshot)
                .map(snapshot -> request.from(snapshot, name))
                .orElse(request);
    }

    /**
     * Returns the disk of the template that a profile names: the consumer's own template, otherwise that of the command line's
     * user. Empty if the profile names none.
     *
     * @throws SandboxException {@code UNKNOWN_TEMPLATE}
     */
    Optional<Snapshot> snapshot(String consumer, Profile profile) {
        var name = profile.options().template();
        if (name == null) {
            return Optional.empty();
        }
        var built = templates
                .find(consumer, name)
                .or(() -> templates.find(Consumers.LOCAL, name))
                .orElseThrow(() -> new SandboxException(
                        ErrorCode.UNKNOWN_TEMPLATE,
                        profile.name() + " starts from the template " + Spelling.quoted(name)
                                + ", which does not exist; build it: " + Bundled.command(name)));
        return Optional.of(built.snapshot());
    }
}
