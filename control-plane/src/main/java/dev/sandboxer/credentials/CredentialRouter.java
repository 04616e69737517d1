package dev.sandboxer.credentials;

import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the credential for an extension; the first that matches wins: the one the request names, the profile's, the
 * consumer's own, the platform's. A consumer who has one of its own never gets the platform's instead of it, unless it said
 * so when it stored it.
 */
public final class CredentialRouter {
    private final Credentials credentials;

    public CredentialRouter(Credentials credentials) {
        this.credentials = credentials;
    }

    /**
     * Who asks.
     *
     * @param named the credential the request names, by id or name; null = none
     * @param keptBy the credential of what the sandbox starts from, which is to be had with it alone; null = none
     */
    public record Requester(
            String consumer,
            @Nullable String named,
            @Nullable CredentialId keptBy) {
        public static Requester of(String consumer) {
            return new Requester(consumer, null, null);
        }
    }

    /**
     * @param profiles what the profile names for this extension, by id or name; null = nothing
     */
    public Choice choose(Extension extension, Requester requester, @Nullable String profiles) {
        if (extension.credentialFields().isEmpty()) {
            return new Choice.NotNeeded();
        }
        var own = Owner.consumer(requester.consumer());
        if (requester.keptBy() != null) {
            return kept(extension, requester.keptBy(), own);
        }
        if (requester.named() != null) {
            var named = named(own, extension.id(), requester.named());
            if (named.isPresent()) {
                return unlessRefused(extension, List.of(named.get()), Rule.REQUEST);
            }
        }
        if (profiles != null) {
            return named(own, extension.id(), profiles)
                    .or(() -> named(Owner.PLATFORM, extension.id(), profiles))
                    .map(it -> unlessRefused(extension, List.of(it), Rule.PROFILE))
                    .orElseGet(() -> new Choice.Missing("the profile names a " + CredentialId.mention(profiles)
                            + ", which neither " + own.text() + " nor the platform has"));
        }
        var owned = credentials.list(own, extension.id());
        return owned.isEmpty() ? platform(extension) : unlessRefused(extension, owned, Rule.CONSUMER);
    }

    /**
     * Whether there is anything that a request may name so.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CREDENTIAL}; another consumer's counts as none
     */
    public void requireNamed(Requester requester) {
        var name = requester.named();
        if (name == null) {
            return;
        }
        var found = credentials.list().stream()
                .filter(it -> it.owner().equals(Owner.consumer(requester.consumer())))
                .anyMatch(it -> isNamed(it, name));
        if (!found) {
            throw Credentials.unknown(requester.consumer() + " has no " + CredentialId.mention(name));
        }
    }

    private Choice kept(Extension extension, CredentialId id, Owner own) {
        if (id.isOfEnvironment()) {
            return credentials
                    .ofEnvironment(extension)
                    .filter(id::equals)
                    .map(it -> ofEnvironment(extension, it, Rule.REQUEST))
                    .orElseGet(() -> new Choice.Missing("the credential " + id + " is gone"));
        }
        return credentials.list().stream()
                .filter(it -> it.id().equals(id))
                .filter(it -> it.owner().equals(own) || it.owner().equals(Owner.PLATFORM))
                .findFirst()
                .map(it -> unlessRefused(extension, List.of(it), Rule.REQUEST))
                .orElseGet(() -> new Choice.Missing("the credential " + id + " is gone"));
    }

    private Optional<StoredCredential> named(Owner owner, ExtensionId extension, String idOrName) {
        return credentials.list(owner, extension).stream()
                .filter(it -> isNamed(it, idOrName))
                .findFirst();
    }

    private static boolean isNamed(StoredCredential credential, String idOrName) {
        return credential.id().value().equals(idOrName) || credential.name().equals(idOrName);
    }

    /** The first that its backend doesn't refuse; its owner's word about the platform's counts when all are refused. */
    private Choice unlessRefused(Extension extension, List<StoredCredential> candidates, Rule rule) {
        for (StoredCredential candidate : candidates) {
            if (candidate.refusal() == null) {
                var receipt = new Receipt(candidate.id(), candidate.owner(), rule);
                return new Choice.Chosen(
                        receipt,
                        candidate.platformFallback() && platform(extension) instanceof Choice.Chosen(var its, var _)
                                ? fallback(its)
                                : null);
            }
        }
        var refused = candidates.getFirst();
        if (refused.platformFallback() && platform(extension) instanceof Choice.Chosen(var its, var _)) {
            return new Choice.Chosen(fallback(its), null);
        }
        return missing(refused.id(), refused.owner(), refused.refusal());
    }

    private static Receipt fallback(Receipt platforms) {
        return new Receipt(platforms.credential(), platforms.owner(), Rule.PLATFORM_FALLBACK);
    }

    private Choice platform(Extension extension) {
        var ofEnvironment = credentials.ofEnvironment(extension);
        if (ofEnvironment.isPresent()) {
            return ofEnvironment(extension, ofEnvironment.get(), Rule.PLATFORM);
        }
        var stored = credentials.list(Owner.PLATFORM, extension.id());
        return stored.isEmpty()
                ? new Choice.Missing("nobody has one; sandboxer credentials add " + extension.id())
                : unlessRefused(extension, stored, Rule.PLATFORM);
    }

    private Choice ofEnvironment(Extension extension, CredentialId id, Rule rule) {
        var malformed = credentials.malformed(extension, id);
        if (malformed.isPresent()) {
            return new Choice.Missing("in the environment, " + malformed.get());
        }
        if (credentials.consumersInEnvironment(extension).isPresent()) {
            return new Choice.Missing("the key in the environment (" + PlatformEnvironment.names(extension)
                    + ") is stored as a consumer's, who would pay for others; take it out of the environment, or remove it"
                    + " there (sandboxer credentials ls)");
        }
        var refusal = credentials.refusal(id);
        return refusal.isPresent()
                ? missing(id, Owner.PLATFORM, refusal.get())
                : new Choice.Chosen(new Receipt(id, Owner.PLATFORM, rule), null);
    }

    private static Choice missing(CredentialId id, Owner owner, StoredCredential.@Nullable Refusal refusal) {
        return new Choice.Missing(id + " of " + owner.text() + " was refused"
                + (refusal == null ? "" : " on " + refusal.at() + ": " + refusal.message())
                + " (sandboxer credentials check " + id + ")");
    }
}
