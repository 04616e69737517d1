package dev.sandboxer.credentials;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses credentials for one request, by the rules of {@link CredentialRouter}. Reads the stored credentials once, on first
 * use, because a route may have many extensions. Not thread-safe.
 */
public final class CredentialChoices {
    private final Credentials credentials;
    private final Requester requester;
    private @Nullable List<StoredCredential> stored;

    CredentialChoices(Credentials credentials, Requester requester) {
        this.credentials = credentials;
        this.requester = requester;
    }

    /**
     * Chooses for one extension.
     *
     * @param fromProfile the credential that the profile names for this extension, by id or name; null = none
     */
    public Choice of(Extension extension, @Nullable String fromProfile) {
        if (extension.credentialFields().isEmpty()) {
            return new Choice.NotNeeded();
        }
        var own = Owner.consumer(requester.consumer());
        if (requester.boundTo() != null) {
            return kept(extension, requester.boundTo());
        }
        if (requester.named() != null) {
            var named = named(own, extension.id(), requester.named());
            if (named.isPresent()) {
                return unlessRefused(extension, List.of(named.get()), Rule.REQUEST);
            }
        }
        if (fromProfile != null) {
            return named(own, extension.id(), fromProfile)
                    .or(() -> named(Owner.PLATFORM, extension.id(), fromProfile))
                    .map(it -> unlessRefused(extension, List.of(it), Rule.PROFILE))
                    .orElseGet(() -> new Choice.Missing("the profile names a " + CredentialId.mention(fromProfile)
                            + ", which neither " + own.text() + " nor the platform has"));
        }
        var owned = stored(own, extension.id());
        return owned.isEmpty() ? platform(extension) : unlessRefused(extension, owned, Rule.CONSUMER);
    }

    private Choice kept(Extension extension, CredentialId id) {
        if (id.isOfEnvironment()) {
            return credentials
                    .ofEnvironment(extension)
                    .filter(id::equals)
                    .map(it -> ofEnvironment(extension, it, Rule.REQUEST))
                    .orElseGet(() -> new Choice.Missing("credential " + id + " no longer exists"));
        }
        return stored().stream()
                .filter(it -> it.id().equals(id))
                .findFirst()
                .map(it -> unlessRefused(extension, List.of(it), Rule.REQUEST))
                .orElseGet(() -> new Choice.Missing("credential " + id + " no longer exists"));
    }

    private Optional<StoredCredential> named(Owner owner, ExtensionId extension, String idOrName) {
        return stored(owner, extension).stream()
                .filter(it -> CredentialRouter.isNamed(it, idOrName))
                .findFirst();
    }

    private List<StoredCredential> stored(Owner owner, ExtensionId extension) {
        return stored().stream()
                .filter(it -> it.owner().equals(owner) && it.extension().equals(extension))
                .toList();
    }

    /** Returns the requester's own credentials and the platform's, newest first. */
    private List<StoredCredential> stored() {
        var known = stored;
        if (known == null) {
            known = credentials.usableBy(Owner.consumer(requester.consumer()));
            stored = known;
        }
        return known;
    }

    /** Returns the first candidate that is not refused. If all are, falls back to the platform's if the first one allows it. */
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
        var stored = stored(Owner.PLATFORM, extension.id());
        return stored.isEmpty()
                ? new Choice.Missing("none found; run: sandboxer credentials add " + extension.id())
                : unlessRefused(extension, stored, Rule.PLATFORM);
    }

    private Choice ofEnvironment(Extension extension, CredentialId id, Rule rule) {
        var malformed = credentials.malformed(extension, id);
        if (malformed.isPresent()) {
            return new Choice.Missing("in the environment, " + malformed.get());
        }
        if (credentials.consumerCredentialInEnvironment(extension).isPresent()) {
            return new Choice.Missing("the key in the environment (" + PlatformEnvironment.names(extension)
                    + ") is also stored for a consumer, who would pay for others; take it out of the environment,"
                    + " or remove the stored one (sandboxer credentials ls)");
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
