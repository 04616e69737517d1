package dev.sandboxer.http.modal.control;

import com.google.protobuf.Empty;
import dev.sandboxer.http.modal.app.Apps;
import dev.sandboxer.http.modal.app.Environments;
import dev.sandboxer.http.modal.edge.AuthTokens;
import dev.sandboxer.http.modal.edge.Caller;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.AuthTokenGetResponse;
import dev.sandboxer.protocol.modal.ClientProto.ClientHelloResponse;
import dev.sandboxer.protocol.modal.ClientProto.SecretDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SecretGetOrCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.TokenInfoGetResponse;

/** The control-plane calls about the caller's workspace: its token, its apps and its secrets. */
final class WorkspaceCalls {
    private final AuthTokens tokens;
    private final Apps apps;
    private final Secrets secrets;

    WorkspaceCalls(AuthTokens tokens, Apps apps, Secrets secrets) {
        this.tokens = tokens;
        this.apps = apps;
        this.secrets = secrets;
    }

    private static String consumer() {
        return Caller.current().consumer();
    }

    AuthTokenGetResponse authToken() {
        return AuthTokenGetResponse.newBuilder()
                .setToken(tokens.issue(consumer()))
                .build();
    }

    ClientHelloResponse hello() {
        return ClientHelloResponse.newBuilder()
                .setImageBuilderVersion(Environments.BUILDER_VERSION)
                .build();
    }

    TokenInfoGetResponse tokenInfo() {
        return TokenInfoGetResponse.newBuilder()
                .setTokenId("ak-" + consumer())
                .setWorkspaceId("wo-" + consumer())
                .setWorkspaceName(consumer())
                .build();
    }

    AppGetOrCreateResponse findOrCreateApp(AppGetOrCreateRequest request) {
        return AppGetOrCreateResponse.newBuilder()
                .setAppId(apps.findOrCreate(consumer(), request).id())
                .build();
    }

    SecretGetOrCreateResponse findOrCreateSecret(SecretGetOrCreateRequest request) {
        return SecretGetOrCreateResponse.newBuilder()
                .setSecretId(secrets.findOrCreate(consumer(), request))
                .build();
    }

    Empty deleteSecret(SecretDeleteRequest request) {
        secrets.delete(consumer(), request.getSecretId());
        return Empty.getDefaultInstance();
    }
}
