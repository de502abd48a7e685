// What the build was told: the addresses of the API, the socket and the assets.
export const config = JSON.parse(document.getElementById("config").textContent);
