package dev.sandboxer.credentials;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The platform's credentials that stand in the environment of this process, under the names the backends' own tools use. */
record PlatformEnvironment(Map<String, String> variables) {
    /** Empty unless all that it must have is there. */
    Optional<Credential> credential(Extension extension) {
        var fields = new TreeMap<String, String>();
        for (CredentialField field : extension.credentialFields()) {
            var value = field.environment() == null ? null : variables.get(field.environment());
            if (value != null && !value.isEmpty()) {
                fields.put(field.name(), value);
            } else if (field.required()) {
                return Optional.empty();
            }
        }
        return fields.isEmpty() ? Optional.empty() : Optional.of(new Credential(fields));
    }
}
