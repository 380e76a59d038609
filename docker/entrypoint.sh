#!/bin/sh
# n8n loads packages only from its data folder, where a volume hides the files of the image. Therefore this
# script installs the package there at each start. Then it starts n8n as the official image does.
set -eu

tarball=/opt/n8n-nodes-sahut/package.tgz
package="${N8N_USER_FOLDER:-$HOME}/.n8n/nodes/node_modules/n8n-nodes-sahut"

# Several containers may share the volume. Do not replace an identical package, since one may have loaded it.
if ! cmp -s "$tarball" "$package/package.tgz"; then
	rm -rf "$package"
	mkdir -p "$package"
	tar -xzf "$tarball" -C "$package" --strip-components=1
	cp "$tarball" "$package/package.tgz"
fi

exec /docker-entrypoint.sh "$@"
