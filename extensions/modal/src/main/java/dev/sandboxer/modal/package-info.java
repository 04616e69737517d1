/**
 * {@code ext.modal}: sandboxes in a Modal account, or at any server that speaks Modal's gRPC API.
 *
 * <p>This package holds what the contract asks for, and only {@link dev.sandboxer.modal.ModalExtension} is for others. It uses
 * {@link dev.sandboxer.modal.router}, which uses {@link dev.sandboxer.modal.control}, and all use {@link dev.sandboxer.modal.rpc}.
 * Modal offers two generations of sandboxes: the first for GPUs, the second for all else. Source of all protocol facts: the published
 * clients (npm {@code modal} 0.11.1 and the repository {@code modal-labs/modal-client}), read in November 2026; see
 * {@code docs/cloud-adapters.md}.
 */
@NullMarked
package dev.sandboxer.modal;

import org.jspecify.annotations.NullMarked;
