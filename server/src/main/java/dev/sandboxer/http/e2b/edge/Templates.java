package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.terms.NamedTemplate;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.templates.BuiltTemplates;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what E2B calls a template: a profile by its name ({@code base} is the consumer's default), a snapshot, or a template that the
 * consumer has built.
 */
public final class Templates {
    private static final int MAX_SHOWN_LENGTH = 100;
    private static final String BASE = "base";
    private static final String DEFAULT = ":default";
    /** The form of ids of snapshots and of built templates. */
    private static final Pattern ID = Pattern.compile("[st][a-z0-9]{19}");

    private final ConsumerProfiles profiles;
    private final Snapshots snapshots;
    private final BuiltTemplates built;

    public Templates(ConsumerProfiles profiles, Snapshots snapshots, BuiltTemplates built) {
        this.profiles = profiles;
        this.snapshots = snapshots;
        this.built = built;
    }

    /** The templates that consumers build. */
    public BuiltTemplates built() {
        return built;
    }

    /**
     * What a sandbox is created from.
     *
     * @param snapshot null = the profile's own template
     * @param template the template that the consumer has built; null = a profile or a snapshot
     */
    public record Start(Profile profile, @Nullable Snapshot snapshot, BuiltTemplates.@Nullable Found template) {
        Start(Profile profile, @Nullable Snapshot snapshot) {
            this(profile, snapshot, null);
        }

        /** Returns the size of a sandbox that starts from this. */
        public SandboxSize size() {
            return template == null ? profile.size() : template.size(profile.size());
        }

        /** Returns the template under which sandboxes are listed; null = they are listed by their snapshot or profile. */
        public @Nullable NamedTemplate named() {
            return template == null ? null : template.named();
        }

        /** Returns the template id that clients see. */
        public String id() {
            return template != null
                    ? template.template().id()
                    : snapshot != null ? snapshot.id() : profile.name().value();
        }
    }

    /**
     * Finds what a consumer may create a sandbox from.
     *
     * @throws E2bException 404 if nothing has that name
     * @throws SandboxException {@code PROFILE_NOT_ALLOWED}
     */
    public Start find(String consumer, String name) {
        return find(consumer, name, profiles.of(consumer));
    }

    private Start find(String consumer, String name, ProfileCatalogue catalogue) {
        // at E2B every template has this tag; but a snapshot's own name may end in the same way
        var plain = name.endsWith(DEFAULT) ? name.substring(0, name.length() - DEFAULT.length()) : name;
        return snapshots
                .find(consumer, name)
                .or(() -> snapshots.find(consumer, plain))
                .map(found -> new Start(profile(found.profile().value(), catalogue), found))
                .or(() -> built.find(consumer, name)
                        .map(found -> new Start(
                                profile(found.snapshot().profile().value(), catalogue), found.snapshot(), found)))
                .orElseGet(() -> new Start(profile(plain, catalogue), null));
    }

    /**
     * Returns the template id that sandboxes made from this template show. This also works for a snapshot that was deleted and for a
     * profile that the consumer may no longer use. For an unknown template it returns an id that no sandbox shows, so a list by that
     * id is empty, as at E2B.
     */
    public String id(String consumer, String name) {
        try {
            var isDefault = name.equals(BASE) || name.equals(BASE + DEFAULT);
            var start = find(consumer, name, isDefault ? profiles.of(consumer) : profiles.all());
            return start.id();
        } catch (E2bException e) {
            return ID.matcher(name).matches() ? name : ProfileName.withPrefix(name); // of a removed profile
        }
    }

    private static Profile profile(String name, ProfileCatalogue catalogue) {
        if (name.equals(BASE)) {
            return catalogue.defaultProfile();
        }
        try {
            return catalogue.get(name);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.UNKNOWN_PROFILE) {
                return mapped(name, catalogue).map(catalogue::get).orElseThrow(() -> unknown(name));
            }
            throw e;
        }
    }

    /** Finds the profile that a name is mapped to, first by the whole name, then by the name without its tag. */
    private static Optional<ProfileName> mapped(String name, ProfileCatalogue catalogue) {
        var tag = name.lastIndexOf(':');
        return catalogue
                .templates()
                .find(name)
                .or(() -> tag < 0 ? Optional.empty() : catalogue.templates().find(name.substring(0, tag)));
    }

    /** Returns the error for a request that uses an unknown template, with E2B's wording and what to do. */
    public static E2bException unknown(String name) {
        return new E2bException(
                404,
                "template '" + shown(name)
                        + "' not found; in config.yaml write a profile of this name, or map the name to" + " one: "
                        + mapping(name));
    }

    /** Returns the error for a request that changes or deletes an unknown template. */
    public static E2bException missing(String name) {
        return new E2bException(
                404,
                "template '" + shown(name)
                        + "' not found; name a profile of config.yaml, a snapshot, or a template that you have built");
    }

    /**
     * Returns the error for a request that changes a template which the consumer has not built: 400 if a profile has that name, else 404.
     *
     * @param why the reason that the message gives
     */
    public E2bException refusal(String consumer, String name, String why) {
        return isKnown(consumer, name)
                ? new E2bException(400, "template '" + shown(name) + "' is a profile of this server; " + why)
                : missing(name);
    }

    /** Returns the line of config.yaml that maps a name to a profile. */
    public static String mapping(String name) {
        return "`templates: {\"" + shown(name) + "\": base}`";
    }

    /** Returns a name, cut to 100 characters. */
    public static String shown(String name) {
        return name.length() <= MAX_SHOWN_LENGTH ? name : name.substring(0, MAX_SHOWN_LENGTH) + "...";
    }

    /** Returns true if a profile, snapshot or built template has that name, even a profile that the consumer may not use. */
    public boolean isKnown(String consumer, String name) {
        try {
            find(consumer, name, profiles.all());
            return true;
        } catch (E2bException e) {
            return false;
        }
    }

    /**
     * Returns the profile of a sandbox, or the default profile if the sandbox's profile is no longer configured. The times to live are
     * limited to what the consumer may have.
     */
    public Profile of(Sandbox sandbox) {
        var catalogue = profiles.all();
        var found = catalogue.all().stream()
                .filter(profile -> profile.name().equals(sandbox.profile()))
                .findFirst()
                .orElseGet(catalogue::defaultProfile);
        return profiles.capped(sandbox.consumer(), found);
    }

    /** Returns the id of the built template, snapshot or profile that a sandbox was made from. */
    public static String idOf(Sandbox sandbox) {
        var template = sandbox.origin().template();
        if (template != null) {
            return template.id();
        }
        return sandbox.snapshot() == null ? sandbox.profile().value() : sandbox.snapshot();
    }

    /**
     * Returns the readable name of a sandbox's template: the built template's name, or else the profile's, even if the sandbox was made
     * from a snapshot.
     */
    public static String aliasOf(Sandbox sandbox) {
        var template = sandbox.origin().template();
        return template == null ? sandbox.profile().alias() : template.name();
    }

    /** The profiles that a consumer may use. */
    public ProfileCatalogue catalogue(String consumer) {
        return profiles.of(consumer);
    }
}
