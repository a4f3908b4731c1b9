"""Who is asking: signed bearer tokens with person, role and department (RFC 6750, ES256)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import ValidationError

from application.permissions import Role
from domain.values import Actor, Department

ISSUER = "xinnuo"
AUDIENCE = "xinnuo-api"
_ALGORITHMS = ["ES256"]


class Unauthenticated(Exception):
    """No token, or one that does not hold."""


@dataclass(frozen=True)
class Tokens:
    """Mints and reads tokens for local use."""

    key: ECKey

    def mint(self, actor: Actor, at: datetime, hours: int) -> str:
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": actor.person,
            "role": actor.role,
            "department": actor.department.model_dump(),
            "iat": int(at.timestamp()),
            "exp": int((at + timedelta(hours=hours)).timestamp()),
        }
        return jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, self.key)

    def read(self, token: str, at: datetime) -> Actor:
        """The actor a token speaks for.  Raises Unauthenticated: wrong, foreign or expired."""
        try:
            claims = jwt.decode(token, self.key, algorithms=_ALGORITHMS).claims
            _registry(at).validate(claims)
            return Actor(
                person=claims["sub"],
                role=Role(claims["role"]),
                department=Department.model_validate(claims["department"]),
            )
        except (JoseError, ValidationError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated("令牌无效或者已经过期，请重新获取") from error


def _registry(at: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )
